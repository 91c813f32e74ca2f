// The other keys of the counter: F3 walks the departures, F4 the customer, F6 the passengers; who works
// keeps the seats.
(() => {
  "use strict";

  const EXTEND_EVERY = 20_000; // ms
  const form = () => document.getElementById("sale");
  let extended = 0;

  function take(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function next(all, current, step) {
    return all[(all.indexOf(current) + step + all.length) % all.length];
  }

  const KEYS = {
    F3: () => (form()?.querySelector("tr[aria-current] .sell__pick") || form()?.querySelector(".sell__pick"))?.focus(),
    F4: () => {
      const customer = form()?.querySelector(".sell__buyer");
      if (!customer) return;
      customer.open = true;
      customer.querySelector("input").focus();
    },
    F6: () => {
      const groups = [...document.querySelectorAll("select[name=group]")];
      const at = groups.indexOf(document.activeElement);
      groups[at < 0 ? 0 : (at + 1) % groups.length]?.focus();
    },
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (!event.key || document.querySelector("dialog[open]")) return;
      if (KEYS[event.key] && !event.ctrlKey && !event.altKey && !event.shiftKey) {
        take(event);
        KEYS[event.key]();
      }
    },
    true,
  );

  // --- arrows walk the departures and, to the left, the destinations; Enter picks
  const LISTS = { ".sell__pick": ".sell__to .bx-row", ".sell__to .bx-row": ".sell__pick" };
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const own = Object.keys(LISTS).find((list) => event.target.matches?.(list));
    if (!own) return;
    if (step) {
      take(event);
      next([...document.querySelectorAll(own)], event.target, step).focus();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      take(event);
      document.querySelector(LISTS[own])?.focus();
    }
  });

  // --- the digits are redrawn at their own pace: which of them the sale is about is marked here
  // A list that an overtaken answer left there, but not this sale's, is asked for anew.
  document.addEventListener("htmx:afterSettle", () => {
    if (!form()) return;
    const { to: { value: to }, listed } = form().elements;
    if (document.getElementById("departures").dataset.drawn !== listed.value) window.htmx.trigger("#again", "live");
    for (const row of document.querySelectorAll("#digits [data-place]")) {
      if (row.dataset.place === to) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  });

  // --- Enter in a list of prices or in the customer's fields is the Enter of the line
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches?.("select")) return;
    if (!form()?.contains(event.target)) return;
    event.preventDefault();
    form().requestSubmit();
  });

  // --- seats are kept as long as somebody works on the sale
  function active() {
    const span = document.getElementById("extend");
    const now = performance.now();
    if (!span || now - extended < EXTEND_EVERY) return;
    extended = now;
    window.htmx.trigger(span, "active");
  }
  document.addEventListener("keydown", active);
  document.addEventListener("pointerdown", active);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig?.verb === "post" && event.detail.elt === form()) extended = performance.now();
  });
})();
