// An answer redraws the sale as it stood when it was asked for. Who filled in another field meanwhile would lose it:
// such an answer is dropped, and the screen asks again with what stands in it now.
(() => {
  "use strict";

  const form = () => document.getElementById("sale");
  // What is typed into the line asks by itself, and Idiomorph leaves the field that has the focus alone.
  const contents = () => [...new FormData(form())].filter(([name]) => name !== "line").join("\n");
  const isAboutSale = ({ requestConfig }) => requestConfig?.verb === "get" && requestConfig.target === form();

  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (isAboutSale(detail)) detail.requestConfig.contents = contents();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!isAboutSale(detail) || detail.requestConfig.contents === contents()) return;
    detail.shouldSwap = false;
    window.htmx.trigger(document.getElementById("again"), "live");
  });
})();
