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

  // Opened by its key, the other ways to pay begin with the first field.
  document.addEventListener(
    "toggle",
    (event) => {
      const other = event.target.closest?.(".pay__other");
      const way = other?.open && other.querySelector("select");
      if (way && !way.value && !other.contains(document.activeElement?.closest("select, input"))) way.focus();
    },
    true,
  );

  document.addEventListener("htmx:afterSettle", look);
  look();
})();
