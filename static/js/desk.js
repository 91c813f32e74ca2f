// The desk by keyboard: digits and Enter choose a coach, Enter does its next step, one Enter is one Enter; F2 sells and comes back.
(() => {
  "use strict";

  const ONE_ENTER = 250; // ms: two Enters closer together are one, and so is one right after the step on the screen changed
  const HERE = "bx-desk"; // where F2 on the counter comes back to
  const KEPT = "bx-desk-typed";
  const SALE = "bx-sale";
  const line = document.getElementById("line");
  const panel = () => document.getElementById("desk-panel");
  const step = () => panel()?.querySelector("[data-desk-step]");
  const matches = () => [...document.querySelectorAll("[data-desk-match]")];
  const state = () => `${panel()?.dataset.coach || ""} ${panel()?.dataset.step || ""}`;
  let lastEnter = -Infinity;
  let shown = state();

  const isField = (target) => target.matches?.("input, select, textarea");
  const isBusy = () => Boolean(document.querySelector("#desk form[data-busy]"));

  function focusWork() {
    const field = panel()?.querySelector("[data-desk-focus]") || line;
    if (document.activeElement === field) return;
    field.focus({ preventScroll: field === line });
    field.select();
  }

  // --- Enters too close together do nothing
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter") return;
      const now = performance.now();
      const tooSoon = now - lastEnter < ONE_ENTER;
      lastEnter = now;
      if (!event.repeat && !tooSoon && !isBusy()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  // --- Enter with an empty line, or anywhere but a link, a button or a field, is the next step
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.key !== "Enter") return;
    const target = event.target;
    if (target.closest("dialog, [popover], a, button, summary") || (isField(target) && (target !== line || line.value.trim()))) return;
    event.preventDefault();
    const next = step();
    const other = fields().find((field) => field.value !== field.defaultValue && !next?.contains(field));
    if (other) other.focus(); // a reference that was typed is for its own button, not for cash
    else if (next?.tagName === "A") next.click();
    else next?.requestSubmit();
  });

  // --- 1–9 choose among coaches with the same digits; other signs go to the line
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("dialog, [popover]") || (isField(event.target) && event.target !== line)) return;
    const match = !line.value && document.querySelector(`[data-desk-match="${CSS.escape(event.key)}"]`);
    if (match) {
      event.preventDefault();
      match.click();
    } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
      line.focus({ preventScroll: true }); // the sign itself is typed there
    }
  });

  // --- arrows walk the matches, else the coaches
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    if (event.target.closest("dialog, [popover]") || (isField(event.target) && event.target !== line)) return;
    const links = matches().length ? matches() : [...document.querySelectorAll("[data-desk-row]")];
    if (!links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement);
    const chosen = links.findIndex((link) => link.closest("tr[aria-current]"));
    const from = at < 0 ? chosen : at;
    const to = event.key === "ArrowDown" ? from + 1 : from < 0 ? links.length - 1 : from - 1;
    links[Math.min(Math.max(to, 0), links.length - 1)].focus();
  });

  // --- Esc empties the line first, then lets go of the coach (data-key on the page)
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !line.value || document.querySelector("dialog[open], :popover-open")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      line.value = "";
      line.focus();
    },
    true,
  );

  // --- what is typed in the panel outlives its redrawing; what nobody touched follows the news
  const fields = () => [...(panel()?.querySelectorAll("[data-keep]") || [])];
  const touched = () => Object.fromEntries(fields().filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value]));
  let typed = {};

  document.addEventListener("htmx:beforeSwap", () => (typed = touched()));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.requestConfig?.elt?.id === "desk-find") line.value = "";
    for (const field of fields()) {
      if (field.id in typed) field.value = typed[field.id];
      else if (field.dataset.default !== undefined) field.value = field.dataset.default;
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    const isNew = state() !== shown;
    shown = state();
    if (isNew) lastEnter = performance.now();
    const active = document.activeElement;
    if (isNew || !active || active === document.body || !active.isConnected) focusWork();
    if (isNew && window.innerWidth <= 1180) panel()?.scrollIntoView({ block: "nearest" });
  });

  // --- F2: to the counter and back, with everything that was typed
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-desk-sell]");
    if (!link || event.ctrlKey || event.metaKey) return;
    sessionStorage.setItem(HERE, location.pathname + location.search);
    sessionStorage.setItem(KEPT, JSON.stringify({ line: line.value, ...touched() }));
    const sale = sessionStorage.getItem(SALE);
    if (!sale?.startsWith(link.getAttribute("href"))) return;
    event.preventDefault();
    location.href = sale;
  });

  function restore() {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
    for (const name of [HERE, KEPT]) sessionStorage.removeItem(name);
    for (const [id, value] of Object.entries(kept)) {
      const field = document.getElementById(id);
      if (field) field.value = value;
    }
  }

  restore();
  if (!document.querySelector("[data-focus]")) focusWork();
})();
