// <section data-live="bays.HB01" hx-get="…" hx-trigger="live" hx-swap="morph:outerHTML">: redrawn when the server says "changed".
// An event carries no data, so a lost one costs one refetch. Silence, reconnecting and coming back to the tab all refetch.
(() => {
  "use strict";

  const SILENCE = 20_000; // ms without event or heartbeat
  const POLL = 10_000;
  const TOGETHER = 60; // ms: a burst of events is one refetch
  const base = document.body.dataset.eventsUrl;
  // A field that somebody is typing in keeps what they typed.
  if (window.Idiomorph) {
    window.Idiomorph.defaults.ignoreActiveValue = true;
    // What somebody opened and types in stays open while it is redrawn; an answer to what they sent may close it.
    let typedIn = null;
    document.addEventListener("htmx:beforeSwap", ({ detail }) => {
      typedIn = detail.requestConfig?.verb === "get" ? document.activeElement.closest("details") : null;
    });
    window.Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) => name !== "open" || element !== typedIn;
    // A part that the server did not draw anew stays as it is.
    window.Idiomorph.defaults.callbacks.beforeNodeMorphed = (_old, drawn) => drawn.dataset?.same === undefined;
  }
  const elements = () => [...document.querySelectorAll("[data-live]")];
  let heard = Date.now();
  let polled = 0;
  let source = null;
  let subscribed = "";
  let failed = false;

  const due = new Map();
  const drawn = new Map(); // what is listened to → when it was last redrawn
  function refresh(element) {
    if (due.has(element) || document.hidden) return;
    // Twenty counters that sell would otherwise redraw twenty screens for each ticket: data-live-rest="ms" between two.
    const { live, liveRest } = element.dataset;
    const rested = (drawn.get(live) || 0) + Number(liveRest || 0) - Date.now();
    due.set(
      element,
      setTimeout(() => {
        due.delete(element);
        drawn.set(live, Date.now());
        if (element.isConnected) window.htmx.trigger(element, "live");
      }, Math.max(TOGETHER, rested)),
    );
  }

  function refreshAll() {
    polled = Date.now();
    elements().forEach(refresh);
  }

  function changed(event) {
    heard = Date.now();
    let topic = "";
    try {
      topic = JSON.parse(event.data).topic || "";
    } catch {
      // no topic: everything on the page may have changed
    }
    elements()
      .filter((element) => !topic || element.dataset.live.split(" ").includes(topic))
      .forEach(refresh);
  }

  function topics() {
    return [...new Set(elements().flatMap((element) => element.dataset.live.split(" ")))].filter(Boolean).sort();
  }

  function listen() {
    const wanted = topics().map((topic) => `channel=${encodeURIComponent(topic)}`).join("&");
    if (base === undefined || wanted === subscribed) return;
    source?.close();
    source = null;
    subscribed = wanted;
    if (!wanted) return;
    source = new EventSource(`${base}/events/?${wanted}`, { withCredentials: true });
    source.onopen = () => {
      heard = Date.now();
      if (failed) refreshAll(); // what happened while we were away
      failed = false;
    };
    source.onerror = () => {
      failed = true;
    };
    for (const name of ["message", "changed"]) source.addEventListener(name, changed);
    for (const name of ["keep-alive", "stream-open"]) source.addEventListener(name, () => (heard = Date.now()));
    source.addEventListener("stream-reset", refreshAll);
    source.addEventListener("stream-error", () => {
      failed = true; // no right to listen: the browser would ask again at once
      source.close();
    });
  }

  setInterval(() => {
    listen();
    if (!elements().length || document.hidden) return;
    const silent = failed || !source || Date.now() - heard > SILENCE + 5_000; // heartbeats come every 20 s
    if (!silent || Date.now() - polled < POLL) return;
    refreshAll();
    if (source?.readyState === EventSource.CLOSED) subscribed = ""; // the browser gave up: start anew
  }, 2_000);
  document.addEventListener("visibilitychange", () => document.hidden || refreshAll());
  document.addEventListener("htmx:afterSettle", listen);

  // --- a page that shows the state of the yard says when it is old
  const strip = document.getElementById("bx-offline");
  const lost = new Set();
  let last = new Date();
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!strip || !event.detail.elt.hasAttribute("data-live")) return;
    const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" };
    const asked = event.detail.elt.getAttribute("hx-get");
    lost[event.detail.successful ? "delete" : "add"](asked);
    if (event.detail.successful) last = new Date();
    else strip.textContent = `${strip.dataset.text} ${new Intl.DateTimeFormat("en-GB", clock).format(last)}`;
    strip.hidden = !lost.size;
  });

  listen();
})();
