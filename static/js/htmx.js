/** All that depends on htmx's version: its events, its configuration, and the two calls we make. */
import { csrfToken, toSignIn } from "./net.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

const body = document.body;

body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

// A form that comes back with what to mend is swapped in like any other answer.
body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 && event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

body.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status === 401) toSignIn();
  else toast(xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") ? xhr.responseText : word("noAnswer"));
});

body.addEventListener("htmx:sendError", () => toast(word("noAnswer")));

/** Ask for the list of rooms anew: #places listens for this on the body. */
export function fetchPlaces() {
  window.htmx.trigger(body, "rooms-changed");
}

/** @param {(target: HTMLElement) => void} callback called after each swap. */
export function afterSwap(callback) {
  body.addEventListener("htmx:afterSwap", (event) => callback(event.detail.target));
}

/** Let htmx see elements that we put into the page. */
export function process(element) {
  window.htmx.process(element);
}
