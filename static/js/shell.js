// What every staff page needs: sending once, saying what happened, and the busy bar.
(() => {
  "use strict";

  const body = document.body;
  const SLOW = 300; // ms before the busy bar shows
  const GIVE_UP = 20_000; // ms after which a form that got no answer may be sent again
  const TOAST = 8_000;

  // --- one submit per answer: the second click or Enter is swallowed, the idempotency key in the form stays the same
  function release(form) {
    if (!form?.dataset?.busy) return;
    clearTimeout(Number(form.dataset.busy));
    delete form.dataset.busy;
    for (const button of form.querySelectorAll("[data-busy]")) {
      delete button.dataset.busy;
      button.removeAttribute("aria-disabled");
    }
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method !== "post" || form.target) return; // what goes to another frame leaves this page as it is
      if (form.dataset.busy) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      form.dataset.busy = String(setTimeout(() => release(form), GIVE_UP));
      const button = event.submitter;
      if (button) {
        button.dataset.busy = "1";
        button.setAttribute("aria-disabled", "true");
      }
    },
    true,
  );
  document.addEventListener("htmx:afterRequest", (event) => release(event.detail.elt.closest("form")));
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));

  // --- saying: toasts for eyes, live regions for ears
  function toast(text, tone) {
    const box = document.getElementById("bx-toasts");
    const item = document.createElement("div");
    const words = document.createElement("span");
    const close = document.createElement("button");
    item.className = `bx-toast bx-toast--${tone}`;
    item.dataset.toast = tone;
    words.textContent = text;
    close.type = "button";
    close.className = "bx-x";
    close.textContent = "✕";
    close.dataset.close = "";
    close.setAttribute("aria-label", body.dataset.sayClose);
    item.append(words, close);
    box.append(item);
    retire(item);
  }

  // News goes away by itself; what went wrong stays until someone has read it.
  function retire(item) {
    if (["success", "info", "debug"].includes(item.dataset.toast)) setTimeout(() => item.remove(), TOAST);
  }

  function say(text, loud = false) {
    document.getElementById(loud ? "bx-alert" : "bx-say").textContent = text;
  }

  document.querySelectorAll("[data-toast]").forEach(retire);
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id === "bx-toasts") event.detail.target.querySelectorAll("[data-toast]").forEach(retire);
  });
  // A view answers with HX-Trigger: {"bx:say": {"text": "…", "loud": false}} or {"bx:toast": {"text": "…", "tone": "success"}}
  body.addEventListener("bx:say", (event) => say(event.detail.text, event.detail.loud));
  body.addEventListener("bx:toast", (event) => toast(event.detail.text, event.detail.tone || "info"));

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-close], [data-opens], [aria-disabled='true']");
    if (!target) return;
    if ("close" in target.dataset) target.parentElement.remove();
    else if (target.dataset.opens) document.getElementById(target.dataset.opens)?.showModal();
    else if (target.tagName === "A") event.preventDefault();
  });

  // --- requests: the bar, the errors, the lost log-in
  let running = 0;
  let timer = 0;
  const bar = document.getElementById("bx-busy");
  document.addEventListener("htmx:beforeRequest", () => {
    running += 1;
    if (running === 1) timer = setTimeout(() => bar.setAttribute("data-on", ""), SLOW);
  });
  document.addEventListener("htmx:afterRequest", () => {
    running = Math.max(0, running - 1);
    if (running) return;
    clearTimeout(timer);
    bar.removeAttribute("data-on");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!event.detail.elt.hasAttribute("data-live")) toast(body.dataset.sayLost, "error");
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt.hasAttribute("data-live")) return;
    const words = { 403: body.dataset.sayRefused, 409: body.dataset.sayBusy, 503: body.dataset.sayBusy };
    toast((event.detail.xhr.status === 409 && refusalIn(event.detail.xhr)) || words[event.detail.xhr.status] || body.dataset.sayFailed, "error");
  });
  // A refusal that no form shows comes as a whole page: its sentence becomes a toast, what is on screen stays.
  function refusalIn(xhr) {
    if (xhr.status < 400 || !/^\s*<!doctype/i.test(xhr.responseText)) return "";
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    return page.querySelector("[data-refusal]")?.textContent || body.dataset.sayFailed;
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    const refusal = event.detail.xhr.status === 422 && refusalIn(event.detail.xhr);
    if (refusal) {
      event.detail.shouldSwap = false;
      toast(refusal, "error");
    }
    const answered = event.detail.xhr.responseURL;
    if (!answered || new URL(answered).pathname !== body.dataset.loginUrl) return;
    event.detail.shouldSwap = false;
    location.reload(); // the session ended: the full page sends the person to the log-in and back
  });

  // --- the error summary takes the focus, on a full page as after a swap
  function focusErrors(root) {
    root.querySelector?.("[data-focus]")?.focus();
  }
  focusErrors(document);
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.detail.elt));
})();
