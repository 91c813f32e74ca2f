// Ctrl+K finds a page (the server knows which are open to this person) or a key of this one by a few letters.
(() => {
  "use strict";

  const palette = document.getElementById("bx-palette");
  if (!palette) return;
  const { here, part } = window.stationKeys;
  const line = palette.querySelector("input");
  const own = palette.querySelector("[data-own]");
  let asking = false; // the list is still that of fewer letters
  let asked = ""; // with what the list is, or will be, found
  let entered = false;

  function folded(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().trim();
  }

  function press(key) {
    const parts = key.split("+");
    const pressed = { key: parts.at(-1), ctrlKey: parts.includes("Ctrl"), altKey: parts.includes("Alt") };
    palette.close();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { ...pressed, bubbles: true, cancelable: true }));
  }

  function fillOwn() {
    const letters = folded(line.value);
    own.replaceChildren();
    for (const [key, text] of here()) {
      if (key === "Ctrl+K" || !(` ${folded(text)}`.includes(` ${letters}`) || folded(key) === letters)) continue;
      const button = part("button", part("span", text));
      button.type = "button";
      button.className = "bx-row";
      button.append(part("kbd", key));
      button.addEventListener("click", () => press(key));
      own.append(part("li", button));
    }
  }

  function choices() {
    return [...palette.querySelectorAll("li > a, li > button")];
  }

  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = choices();
    if (step) {
      const next = all.indexOf(document.activeElement) + step;
      event.preventDefault();
      (next < 0 ? line : all[Math.min(next, all.length - 1)])?.focus();
    } else if (event.key === "Enter" && event.target === line && line.value.trim()) {
      event.preventDefault();
      entered = asking;
      if (!asking) all[0]?.click();
    }
  });
  line.addEventListener("input", () => {
    asking = true;
    fillOwn();
  });
  palette.addEventListener("htmx:beforeRequest", () => (asked = line.value));
  palette.addEventListener("htmx:afterSettle", () => {
    if (asked !== line.value) return; // the whole list, asked for when it was opened, comes after the first letters
    asking = false;
    if (entered) choices()[0]?.click();
    entered = false;
  });
  new MutationObserver(() => {
    if (!palette.open) return;
    line.value = "";
    fillOwn();
    window.htmx.trigger(line, "opened");
  }).observe(palette, { attributes: true, attributeFilter: ["open"] });
})();
