// The counter by keyboard: the line keeps the focus, one Enter is one Enter, arrows walk the seats, tickets print by themselves.
(() => {
  "use strict";

  const ONE_ENTER = 250; // ms: two Enters closer together are one
  const BURST = 35; // ms between the keys of a scanner
  const SCANNED = 6; // keys
  const main = document.getElementById("main");
  const line = () => document.getElementById("line");
  let lastEnter = -Infinity; // not 0: the first Enter of a page that came quickly counts too
  let lastKey = 0;
  let burst = 0;

  function focusLine() {
    const field = line();
    if (field && document.activeElement !== field) field.focus({ preventScroll: true });
  }

  // --- Enters too close together, and an Enter at the end of a scan, confirm nothing
  function isOneEnter(now) {
    const tooSoon = now - lastEnter < ONE_ENTER;
    lastEnter = now;
    return tooSoon;
  }

  document.addEventListener(
    "keydown",
    (event) => {
      const now = performance.now();
      if (event.key === "Enter") {
        const isTicket = /(?:^|\/)\d{18}(?:\/\d{16}\/?)?$/.test(line()?.value || "");
        const scanned = burst >= SCANNED && now - lastKey < BURST && !isTicket;
        if (event.repeat || isOneEnter(now) || scanned) {
          event.preventDefault();
          event.stopImmediatePropagation();
        }
        burst = 0;
        return;
      }
      burst = event.key.length === 1 && now - lastKey < BURST ? burst + 1 : 1;
      lastKey = now;
    },
    true,
  );

  // --- Enter anywhere on the screen but a link, a button or a list is the Enter of the line; a digit goes to the line
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const target = event.target;
    if (target.closest("dialog, [popover]") || target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "Enter" && !target.closest("a, button, summary")) {
      event.preventDefault();
      document.getElementById("sale")?.requestSubmit();
    } else if (/^[\p{L}\p{N}*./]$/u.test(event.key)) {
      focusLine(); // the key itself is typed there
    }
  });

  // --- Esc empties the line first, then lets go of the seats
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !line()?.value || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      line().value = "";
      window.htmx.trigger(line(), "input");
      focusLine();
    },
    true,
  );

  // --- arrows in the seat map
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function neighbour(seat, [down, right]) {
    const place = (label) => [Number(label.dataset.row), Number(label.dataset.col)];
    const [row, column] = place(seat);
    const others = [...seat.parentElement.querySelectorAll(".bx-seat:has(input:enabled)")].filter((other) => {
      const [r, c] = place(other);
      return down ? (r - row) * down > 0 : r === row && (c - column) * right > 0;
    });
    const far = ([r, c]) => Math.abs(r - row) * 10 + Math.abs(c - column);
    return others.sort((one, two) => far(place(one)) - far(place(two)))[0];
  }

  document.addEventListener("keydown", (event) => {
    const seat = STEPS[event.key] && event.target.closest?.(".bx-seat");
    if (!seat) return;
    event.preventDefault();
    neighbour(seat, STEPS[event.key])?.querySelector("input").focus();
  });

  // --- after each answer: the line is empty once its contents were used, and has the focus again
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig?.verb === "post" && xhr.status === 200 && line()) line().value = "";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const { elt } = event.detail;
    if (elt.id === "digits" || (!main.contains(elt) && elt.id !== "sale")) return;
    const active = document.activeElement;
    if (active?.closest(".bx-seat, select, #received, details input, [data-pay]") && active.isConnected && !active.disabled) return;
    focusLine();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#sale") && !event.target.closest("a, button, input, select, summary, label")) focusLine();
  });

  // --- F2 goes back to the desk for whoever came from there; the sale as it stands is its address
  const DESK = "bx-desk";
  const SALE = "bx-sale";
  const CASH = "bx-sale-received";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "idempotency_key", "hold", "listed", "shown", "received", "go"]);

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "F2") return;
      const desk = sessionStorage.getItem(DESK);
      const form = document.getElementById("sale");
      if (!desk?.startsWith("/") || !form) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const said = [...new FormData(form)].filter(([name, value]) => value && !NOT_KEPT.has(name));
      sessionStorage.setItem(SALE, `${location.pathname}?${new URLSearchParams(said)}`);
      sessionStorage.setItem(CASH, document.getElementById("received")?.value || "");
      location.href = desk;
    },
    true,
  );
  const received = document.getElementById("received");
  if (received) received.value = sessionStorage.getItem(CASH) || "";
  for (const name of [SALE, CASH]) sessionStorage.removeItem(name);

  focusLine();
})();
