// News on the desk never comes before what was asked for here: an answer from before the last one is asked for again,
// and what the last one said stands until something else is asked for.
(() => {
  "use strict";

  const panel = () => document.getElementById("desk-panel");
  const isNews = (event) => event.detail.requestConfig.elt.hasAttribute("data-live");
  let answered = -Infinity;
  let said = null;

  document.addEventListener("htmx:beforeRequest", (event) => (event.detail.requestConfig.askedAt = performance.now()));

  document.addEventListener("htmx:beforeSwap", (event) => {
    said = null;
    if (!isNews(event)) {
      answered = performance.now();
    } else if (event.detail.requestConfig.askedAt < answered) {
      event.detail.shouldSwap = false;
      const news = document.querySelector("#desk [data-live]");
      if (news) window.htmx.trigger(news, "live");
    } else {
      const parts = [...(panel()?.querySelectorAll("[data-desk-said]") || [])];
      said = { coach: panel()?.dataset.coach, parts: parts.map((part) => part.cloneNode(true)) }; // redrawing may turn a part into another
    }
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (!said || said.coach !== panel()?.dataset.coach) return;
    for (const part of said.parts) part.removeAttribute("role"); // read out once
    panel().prepend(...said.parts);
  });
})();
