// Demonstrations only: the strip asks whether its step is done; inside the telephone's frame there is no strip.
(() => {
  "use strict";

  const EVERY = 2_000; // ms
  const framed = window.top !== window.self;

  if (framed) {
    document.getElementById("demo-strip")?.remove();
    // The role chooser belongs around the telephone, not into it.
    if (document.querySelector("[data-demo-top]")) window.top.location.replace(location.href);
    return;
  }

  async function ask() {
    const strip = document.querySelector("[data-demo-poll]");
    // Somebody is at its buttons: it stays as it is until they are done.
    if (!strip || document.hidden || isLeaving() || strip.contains(document.activeElement)) return;
    try {
      const answer = await fetch(strip.dataset.demoPoll);
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("demo-strip");
      if (fresh && !("demoPoll" in fresh.dataset)) strip.replaceWith(fresh);
    } catch {
      // no answer: asked again in a moment
    }
  }

  // Whoever becomes somebody else leaves the page: what it would still ask for is no longer this person's to see.
  const LEAVES = 10_000; // ms
  let leaving = -Infinity;
  const isLeaving = () => performance.now() - leaving < LEAVES;
  document.addEventListener("submit", (event) => {
    if (event.target.closest("#demo-strip, .dm-page")) leaving = performance.now();
  });
  for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
    window.addEventListener(
      name,
      (event) => {
        if (!isLeaving()) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      true,
    );
  }

  // Right after whatever may have done it, and from time to time for what happens elsewhere.
  const soon = () => setTimeout(ask, 150);
  soon();
  setInterval(ask, EVERY);
  document.addEventListener("htmx:afterRequest", soon);
  document.querySelector(".dm-phone__screen")?.addEventListener("load", soon);
})();
