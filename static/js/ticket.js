// 80 mm paper has no fixed height and `size: 80mm auto` is invalid: measure the ticket, then write the page size.
(() => {
  "use strict";

  const PX_PER_MM = 96 / 25.4;
  const FEED = 4; // mm below the last line for the cutter
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

  function measure() {
    const tickets = [...document.querySelectorAll(".tk")];
    const tallest = Math.max(...tickets.map((ticket) => ticket.getBoundingClientRect().height), 0);
    sheet.replaceSync(`@page { size: 80mm ${Math.ceil(tallest / PX_PER_MM) + FEED}mm; margin: 0 }`);
  }

  async function print() {
    await document.fonts.ready;
    measure();
    window.print();
  }

  document.fonts.ready.then(measure);
  window.addEventListener("beforeprint", measure);
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
  if (document.body.dataset.print === "auto") print();
  window.addEventListener("afterprint", () => window.parent !== window && window.parent.postMessage("printed", location.origin));
})();
