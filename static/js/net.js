/** Requests of the page's scripts: the CSRF token is read when sending, a signed-out answer leads to the door. */
import { toast } from "./toasts.js";
import { word } from "./words.js";

/** Where something of the chat is: it may be mounted below a path. */
export const at = (path) => document.body.dataset.base + path;

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

export function get(url) {
  return fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", cache: "no-store" });
}

export function post(url, fields, { signal } = {}) {
  return fetch(url, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
    body: new URLSearchParams(fields),
    credentials: "same-origin",
    signal,
  });
}

export function toSignIn() {
  location.assign(`${document.body.dataset.loginUrl}?next=${encodeURIComponent(location.pathname)}`);
}

/** What the server says to a request; null if it says no, and then people were told why. */
export async function answered(request) {
  try {
    const answer = await request;
    if (answer.status === 401) toSignIn();
    else if (answer.ok) return answer.text();
    else toast(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : word("noAnswer"));
  } catch {
    toast(word("noAnswer"));
  }
  return null;
}
