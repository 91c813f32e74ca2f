// The button says how many orders are chosen; nothing chosen, nothing to sign.
(() => {
  "use strict";

  const form = document.querySelector("[data-sign]");
  const button = document.querySelector("[data-sign-button]");
  if (!form || !button) return;

  function count() {
    const chosen = form.querySelectorAll("input[name=orders]:checked").length;
    button.disabled = chosen === 0;
    const { none, one, some } = button.dataset;
    button.textContent = chosen > 1 ? some.replace("#", chosen) : chosen ? one : none;
  }

  form.addEventListener("change", count);
  form.addEventListener("submit", () => setTimeout(() => { button.disabled = true; })); // the second tap waits for the answer
  addEventListener("pageshow", count); // a page taken back from memory
})();
