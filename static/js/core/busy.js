/**
 * A form that was sent shows that it works, and can't be sent twice. For forms that the browser sends, and for htmx; forms of scripts
 * that send them by themselves call `whileBusy`. A page that comes back from the browser's history, and an error, free it.
 */
const LONGEST = 15_000; // milliseconds: the browser does not say that sending was stopped
const DOWNLOAD = 3000; // milliseconds: nor that a download began, after which the page stays
const timers = new WeakMap();

const isBusy = (form) => form.ariaBusy === "true";
const buttonOf = (form, submitter) => submitter ?? form.querySelector("button:not([type]), [type=submit]");

function begin(form, submitter, longest = LONGEST) {
  form.ariaBusy = "true";
  const button = buttonOf(form, submitter);
  if (button) button.ariaBusy = "true"; // it is not disabled: it would lose the focus, and its value would not be sent
  timers.set(form, setTimeout(end, longest, form));
}

function end(form) {
  clearTimeout(timers.get(form));
  form.ariaBusy = null;
  for (const button of form.querySelectorAll("[aria-busy]")) button.ariaBusy = null;
}

/** @param {Promise} work after which the form can be sent again; @return its promise */
export function whileBusy(form, work, submitter) {
  begin(form, submitter);
  return work.finally(() => end(form));
}

// Before all others: a second time is none.
addEventListener("submit", (event) => {
  if (!isBusy(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

// After all others: what they send by themselves, the browser does not.
addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const method = submitter?.getAttribute("formmethod") ?? form.getAttribute("method");
  if (event.defaultPrevented || method === "dialog" || form.target) return;
  begin(form, submitter, form.dataset.download === undefined ? LONGEST : DOWNLOAD);
});

document.addEventListener("htmx:beforeRequest", ({ detail: { elt, requestConfig } }) => {
  if (elt.matches("form")) begin(elt, requestConfig?.triggeringEvent?.submitter);
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
  if (elt.matches("form") && !xhr?.getResponseHeader("HX-Redirect")) end(elt); // else the next page is coming
});

addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("form[aria-busy]").forEach(end));
globalThis.navigation?.addEventListener("navigateerror", () => document.querySelectorAll("form[aria-busy]").forEach(end));
