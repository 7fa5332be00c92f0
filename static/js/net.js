/** Requests of the page's scripts: the CSRF token is read when sending. */

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
