// The station's clock on every page: <time data-clock="server ISO time" [data-seconds]>. A wrong PC clock or zone changes nothing.
(() => {
  "use strict";

  const started = performance.now();

  function tick() {
    for (const element of document.querySelectorAll("[data-clock]")) {
      const served = Date.parse(element.dataset.clock);
      if (Number.isNaN(served)) continue;
      const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" };
      if ("seconds" in element.dataset) format.second = "2-digit";
      const text = new Intl.DateTimeFormat("en-GB", format).format(new Date(served + performance.now() - started));
      if (element.textContent !== text) element.textContent = text;
    }
  }

  tick();
  setInterval(tick, 1000);
})();
