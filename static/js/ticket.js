// 80 mm paper has no fixed height and `size: 80mm auto` is invalid: measure each ticket, then write its page size.
(() => {
  "use strict";

  const PX_PER_MM = 96 / 25.4;
  const FEED = 4; // mm below the last line for the cutter
  const sheet = new CSSStyleSheet();
  const body = document.body;
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  // Every ticket is a page of its own height: a short one does not waste the paper of a long one.
  function measure() {
    const rules = [...document.querySelectorAll(".tk")].map((ticket, n) => {
      const height = Math.ceil(ticket.getBoundingClientRect().height / PX_PER_MM) + FEED;
      ticket.style.setProperty("page", `ticket${n}`);
      return `@page ticket${n} { size: 80mm ${height}mm; margin: 0 }`;
    });
    sheet.replaceSync(rules.join("\n"));
  }

  function say(what) {
    if (window.parent !== window) window.parent.postMessage(what, location.origin);
  }

  async function print() {
    await document.fonts.ready;
    measure();
    say("printing");
    window.print();
  }

  document.fonts.ready.then(measure);
  window.addEventListener("beforeprint", measure);
  window.addEventListener("afterprint", () => {
    // What was counted once is on paper: the same page printed again is a preview.
    if (body.dataset.print === "auto") body.dataset.print = "";
    say("printed");
  });
  document.addEventListener("click", (event) => event.target.closest("[data-print]:not(body)") && print());
  document.addEventListener("keydown", (event) => {
    const again = document.querySelector("[data-key='Ctrl+P']");
    if (!again || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "p") return;
    event.preventDefault();
    again.click();
  });
  if (body.dataset.print === "auto") print();
})();
