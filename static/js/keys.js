// data-key="F2", "Ctrl+K", "Alt+1", "g": focuses a field, presses anything else. Letters only outside fields, and switchable off.
(() => {
  "use strict";

  const STORE = "bx-keys-off";
  const NAMES = { " ": "Space", ArrowUp: "Up", ArrowDown: "Down", ArrowLeft: "Left", ArrowRight: "Right", Escape: "Esc" };

  function chord(event) {
    const key = NAMES[event.key] || (event.key.length === 1 ? event.key.toUpperCase() : event.key);
    const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : ""; // "?" is already a shifted key
    return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift}${key}`;
  }

  function spelled(text) {
    return text.replaceAll(" ", "").split("+").map((part) => (part.length === 1 ? part.toUpperCase() : part)).join("+");
  }

  function typing(target) {
    return target.closest?.("input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]");
  }

  function visible(element) {
    return element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
  }

  function find(wanted) {
    const root = document.querySelector("dialog[open]") || document;
    const all = [...root.querySelectorAll("[data-key]")].filter((element) => spelled(element.dataset.key) === wanted);
    return all.find(visible) || all.find((element) => element.closest(".bx-top")); // what has no room in the bar still answers
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || event.repeat || !event.key) return;
    const wanted = chord(event);
    const letter = wanted.length === 1 || wanted === "Space";
    // One that the palette pressed was asked for by its name.
    if (letter && (typing(event.target) || (event.isTrusted && localStorage.getItem(STORE)))) return;
    if (wanted === "Enter" && typing(event.target)) return; // a field's own form answers
    if ((wanted === "Enter" || wanted === "Space") && event.target.closest("a, button, summary, [role=button]")) return;
    const element = find(wanted);
    if (!element || element.matches(":disabled, [aria-disabled=true]")) return;
    event.preventDefault();
    if (typing(element)) {
      element.focus();
      element.select?.();
    } else {
      element.click();
    }
  });

  // --- "?" lists the keys of this page from the page itself
  const dialog = document.getElementById("bx-keys");
  if (!dialog) return;
  const list = dialog.querySelector("dl");
  const off = dialog.querySelector("[data-keys-off]");

  function label(element) {
    const copy = element.cloneNode(true);
    copy.querySelectorAll?.("kbd, svg").forEach((part) => part.remove());
    const own = element.labels?.[0]?.textContent || element.getAttribute("aria-label") || element.title || copy.textContent;
    return own.trim().replace(/\s+/g, " ");
  }

  function keysHere() {
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (!seen.has(element.dataset.key)) seen.set(element.dataset.key, label(element));
    }
    return seen;
  }

  function part(tag, text) {
    const made = document.createElement(tag);
    made.append(text);
    return made;
  }

  function fill() {
    list.replaceChildren();
    for (const [key, text] of keysHere()) {
      const term = part("dt", part("kbd", key));
      list.append(term, part("dd", text));
    }
  }

  new MutationObserver(() => dialog.open && fill()).observe(dialog, { attributes: true, attributeFilter: ["open"] });
  off.checked = Boolean(localStorage.getItem(STORE));
  off.addEventListener("change", () => {
    if (off.checked) localStorage.setItem(STORE, "1");
    else localStorage.removeItem(STORE);
  });
  window.stationKeys = { here: keysHere, part };
})();
