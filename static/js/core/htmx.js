/** Everything that depends on htmx's version: its events, its configuration and our calls. */
import { csrfToken, WHOSE } from "./net.js";
import { toSignIn } from "./sign-in.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

if (!window.htmx) throw new Error("htmx did not load"); // the page is plain then (app/begin.js)

const body = document.body;
const WHOLE_PAGE = /^\s*<!doctype/i; // an older release knows no parts

body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
  event.detail.headers[WHOSE] = body.dataset.me;
});

// Errors are shown here, so htmx need not log them. A form that comes back with errors is swapped in.
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { status, responseText } = detail.xhr;
  if (isParts(detail) && (status >= 400 || !partsWanted())) {
    detail.shouldSwap = false;
    detail.isError = false;
    return;
  }
  if (status < 400) {
    if (isParts(detail)) {
      detail.shouldSwap = !WHOLE_PAGE.test(responseText); // else the browser loads it
      if (detail.shouldSwap) partsAt = detail.xhr.responseURL;
    }
    if (detail.xhr.getResponseHeader("Chat-Answer")) return;
    detail.shouldSwap = false; // a captive portal
    dispatchEvent(new Event("captive"));
    return;
  }
  const type = detail.xhr.getResponseHeader("Content-Type") ?? "";
  detail.isError = false;
  if (status !== 401 && isRoomList(detail)) return;
  if (status === 401) toSignIn();
  else if (status === 422 && type.startsWith("text/html")) detail.shouldSwap = true;
  else toast(type.startsWith("text/plain") ? responseText : word("noAnswer"));
});

body.addEventListener("htmx:sendError", ({ detail }) => { if (!isRoomList(detail) && !isParts(detail)) toast(word("noAnswer")); });

// The page itself requests the room list, so an error is not shown. The request is retried.
const FIRST_WAIT = 2000; // milliseconds
const LONGEST_WAIT = 60_000;
let wait = FIRST_WAIT;
let retryTimer = 0;

const isParts = ({ elt }) => elt.id === "main";
const isRoomList = ({ elt }) => elt.id === "places";

body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!isRoomList(detail)) return;
  const { status } = detail.xhr;
  clearTimeout(retryTimer);
  if (status && status < 500 && status !== 429) {
    wait = FIRST_WAIT;
    return;
  }
  retryTimer = setTimeout(fetchRoomList, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
});

/** Reload the room list: #places listens for this event on the body. */
export function fetchRoomList() {
  window.htmx.trigger(body, "rooms-changed");
}

/** Reload the room list, and ignore the answer to a running request: it is outdated. */
export function refetchRoomList() {
  if (roomListRequest) outdated.add(roomListRequest);
  fetchRoomList();
}

let roomListRequest = null; // the latest request for the room list
const outdated = new WeakSet();
body.addEventListener("htmx:beforeRequest", ({ detail }) => { if (detail.elt.id === "places") roomListRequest = detail.xhr; });
unlessBusy((target, xhr) => outdated.has(xhr));

/**
 * Fetch the parts of a page that are replaced when another room is shown.
 * @param stillWanted returns whether the answer is; else nothing is replaced
 * @return a promise of the address at which the answer was found, after redirects; null if nothing was replaced
 */
export async function replaceParts(path, stillWanted) {
  partsWanted = stillWanted;
  partsAt = null;
  await window.htmx.ajax("GET", path, { source: "#main", target: "#main", swap: "none" }).catch(() => {});
  return partsAt;
}

let partsWanted = () => false;
let partsAt = null;

/** Send the request of a search form again. */
export function searchAgain(form) {
  window.htmx.trigger(form, "search-again");
}

/** Load this address into the dialog. */
export function openDialog(path) {
  window.htmx.ajax("GET", path, { target: "#dialog", swap: "innerHTML" });
}

/**
 * @param {(target: HTMLElement) => void} callback called after each swap
 * @param signal an optional AbortSignal that ends it
 */
export function afterSwap(callback, signal) {
  body.addEventListener("htmx:afterSwap", (event) => callback(event.detail.target), { signal });
}

/** @param {(target: HTMLElement, xhr: XMLHttpRequest) => boolean} busy whether a swap would disturb the user; then it is skipped. */
export function unlessBusy(busy) {
  body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (busy(detail.target, detail.xhr)) detail.shouldSwap = false;
  });
}

/** @param {(header: (name: string) => string | null) => void} callback called after each answer. */
export function afterAnswer(callback) {
  body.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => callback((name) => xhr.getResponseHeader(name)));
}

/**
 * @param {(element: HTMLElement, goes: boolean) => void} callback called with the element whose request was answered without
 *   content, and whether another page is on its way instead
 */
export function afterDone(callback) {
  body.addEventListener("htmx:afterRequest", ({ detail: { xhr, elt } }) => {
    if (xhr.status === 204) callback(elt, xhr.getResponseHeader("HX-Redirect") !== null);
  });
}
