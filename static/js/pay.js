// Payments by bank at the counter: whatever this window saw waiting prints itself once the money is there.
(() => {
  "use strict";

  const SEEN = "bx-waiting"; // of this browser: the second window of a counter prints nothing twice
  const known = () => new Set(JSON.parse(localStorage.getItem(SEEN) || "[]"));
  const keep = (ids) => localStorage.setItem(SEEN, JSON.stringify([...ids].slice(-50)));

  function look() {
    const ids = known();
    for (const one of document.querySelectorAll("[data-waiting]")) ids.add(one.dataset.waiting);
    for (const one of document.querySelectorAll("[data-paid]")) {
      if (!ids.delete(one.dataset.paid)) continue;
      document.body.dispatchEvent(new CustomEvent("sold", { detail: { print: one.dataset.print } }));
    }
    keep(ids);
  }

  document.addEventListener("htmx:afterSettle", look);
  look();
})();
