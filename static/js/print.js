// Tickets go to the printer through a hidden frame: a form counts the copy, its answer prints itself and says so.
(() => {
  "use strict";

  const SLOW = 8_000; // ms without a word from the printer's frame
  const NEXT = 300; // ms: printing holds this page too, so this begins when it is over
  const form = document.getElementById("print");
  const banner = document.getElementById("unprinted");
  const queue = [];
  let waiting = 0;
  let busy = false;

  function show(failed) {
    clearTimeout(waiting);
    banner.hidden = !failed;
    if (failed) busy = false;
  }

  // Two sales that are paid in one moment print one after the other.
  function next() {
    if (busy || !queue.length) return;
    form.action = queue.shift();
    form.requestSubmit();
  }

  document.body.addEventListener("sold", (event) => {
    queue.push(event.detail.print);
    next();
  });

  // Each press of "print again" is a copy of its own.
  form.addEventListener("submit", (event) => {
    const wanted = event.submitter?.getAttribute("formaction");
    if (wanted) form.action = wanted; // the banner's button prints the same again
    form.elements.idempotency_key.value = `print-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    show(false);
    busy = true;
    waiting = setTimeout(show, SLOW, true);
  });

  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin) return;
    if (event.data !== "printing") return;
    show(false);
    setTimeout(() => {
      busy = false;
      next();
    }, NEXT);
  });

  // What came back is no ticket: the session ended, the right is gone, or nobody answered.
  document.getElementById("printer").addEventListener("load", (event) => {
    const page = event.target.contentDocument;
    if (page?.URL !== "about:blank" && page?.body.dataset.print === undefined) show(true);
  });
})();
