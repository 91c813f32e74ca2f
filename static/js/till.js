// Money fields: grouped while typing, notes added up, change shown. The server reckons again; without this all still works.
(() => {
  "use strict";

  const digits = (text) => Number(String(text).replace(/\D/g, "").slice(0, 15));
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

  function group(field) {
    const after = field.value.length - field.selectionStart;
    field.value = /\d/.test(field.value) ? grouped(digits(field.value)) : field.value;
    const place = Math.max(0, field.value.length - after);
    field.setSelectionRange(place, place);
  }

  function add() {
    const total = document.querySelector("[data-counted]");
    if (!total) return;
    const notes = [...document.querySelectorAll("[data-note]")];
    total.value = `${grouped(notes.reduce((sum, field) => sum + Number(field.dataset.note) * digits(field.value), 0))}đ`;
  }

  function change() {
    const form = document.querySelector("[data-due]");
    if (!form) return;
    const back = digits(form.elements.received.value) - Number(form.dataset.due);
    const cash = form.elements.method.value === "cash";
    form.querySelector("[data-change]").value = `${grouped(Math.max(back, 0))}đ`;
    form.querySelector("[data-change-row]").hidden = !cash || !form.elements.received.value || back < 0;
    const exact = form.querySelector("[data-exact]");
    if (exact) {
      form.querySelector("[data-cash]").hidden = !cash;
      exact.hidden = cash;
    }
    form.elements.received.closest(".bx-field").hidden = !cash;
    form.elements.reference.closest(".bx-field").hidden = cash;
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-money]")) group(event.target);
    add();
    change();
  });
  document.querySelectorAll("[data-money]").forEach((field) => field.value && group(field));
  add();
  change();
  const first = document.querySelector("[data-note], [data-money]");
  if (first && !document.querySelector("[data-focus]")) {
    first.focus();
    first.select();
  }
})();
