// What a browser can find out about the computer of a counter: keys, printer, scanner, clock, screens.
(() => {
  "use strict";

  const ASKED = 1_500; // ms: whoever had to answer a dialog took longer
  const SILENT = 15_000;
  const BURST = 35; // ms between the keys of a scanner
  const DRIFT = 2_000;
  const HANOI = -420; // minutes west of UTC
  const page = document.getElementById("su");
  const score = document.getElementById("su-score");

  function say(check, state, words = state) {
    const row = page.querySelector(`[data-check="${check}"]`);
    const verdict = row.querySelector(".su-verdict");
    row.dataset.state = state;
    verdict.textContent = `${{ ok: "✓ ", bad: "✕ " }[state] || "○ "}${verdict.dataset[words]}`;
    score.textContent = `${page.querySelectorAll("[data-state='ok']").length}/${page.children.length} ${score.dataset.text}`;
  }

  // --- keyboard: an input method shows itself by what it makes of the letters
  const keys = document.getElementById("su-keys");
  keys.addEventListener("compositionstart", () => say("keyboard", "bad"));
  keys.addEventListener("input", () => {
    if (keys.value === keys.dataset.expected) say("keyboard", "ok");
    else if (!keys.dataset.expected.startsWith(keys.value)) say("keyboard", "bad");
  });

  // --- printer: with --kiosk-printing nobody is asked, so printing is over at once
  const frame = document.getElementById("su-printer");
  let began = 0;
  let silent = 0;
  document.getElementById("su-print").addEventListener("click", () => {
    clearTimeout(silent);
    silent = setTimeout(say, SILENT, "printer", "bad", "none");
    frame.src = `${page.dataset.test}?code=${page.dataset.code}`;
  });
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin) return;
    if (event.data === "printing") {
      clearTimeout(silent);
      began = performance.now();
    }
    if (event.data !== "printed") return;
    say("printer", performance.now() - began < ASKED ? "ok" : "bad");
    scan.focus();
  });

  // --- scanner: the digits of the paper, quickly, with Enter at the end
  const scan = document.getElementById("su-scan");
  let times = [];
  let waiting = 0;
  function judge(entered) {
    clearTimeout(waiting);
    const read = /(?:^|\/)(\d{18})(?:\/\d{16}\/?)?$/.exec(scan.value.trim())?.[1];
    const pause = times.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : Infinity;
    if (read !== page.dataset.code) say("scanner", "bad");
    else if (entered && pause <= BURST) say("scanner", "ok");
    else say("scanner", "bad", "slow");
    times = [];
    scan.select();
  }
  scan.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") {
      times.push(event.timeStamp);
      clearTimeout(waiting);
      waiting = setTimeout(judge, 1_500, false);
      return;
    }
    event.preventDefault();
    judge(true);
  });

  // --- clock: half of the way there and back belongs to the way
  async function compare() {
    const sent = Date.now();
    const answer = await fetch(page.dataset.clockUrl, { cache: "no-store" });
    const { now } = await answer.json();
    const drift = Math.round((sent + Date.now()) / 2 - now);
    document.getElementById("su-drift").textContent = `${drift > 0 ? "+" : ""}${(drift / 1000).toFixed(1)} s`;
    if (Math.abs(drift) > DRIFT) say("clock", "bad");
    else if (new Date().getTimezoneOffset() !== HANOI) say("clock", "bad", "zone");
    else say("clock", "ok");
  }
  compare();

  // --- screens and browser
  const extended = window.screen.isExtended;
  if (extended === undefined) say("screen", "", "unknown");
  else say("screen", extended ? "ok" : "bad");
  const brand = /(?:Chrome|Edg)\/\d+/.exec(navigator.userAgent)?.[0];
  document.getElementById("su-browser").textContent = brand || navigator.userAgent;
  say("browser", brand ? "ok" : "bad");
})();
