/** Requests of the page's scripts: the CSRF token is read when sending. */

/** Where something of the chat is: it may be mounted below a path. */
export const at = (path) => document.body.dataset.base + path;

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

// A form may be older than the signing in: by now, the token that it came with opens nothing.
document.addEventListener("submit", ({ target }) => {
  const field = target.querySelector("input[name='csrfmiddlewaretoken']");
  if (field) field.value = csrfToken() || field.value;
}, { capture: true });

/** Somebody else answered: a network that asks its guests to sign in first, say. As good as no answer. */
export class NotOurs extends TypeError {}

/** Every answer of ours says so, and no script is ever led elsewhere. A proxy's own errors are errors all the same. */
async function ours(request) {
  const answer = await request;
  const taken = answer.ok || answer.status === 511 || answer.type === "opaqueredirect";
  if (!taken || answer.headers.has("Chat-Answer")) return answer;
  dispatchEvent(new Event("captive"));
  throw new NotOurs("another server answered");
}

export function get(url, headers = {}) {
  return ours(fetch(url, { headers: { "HX-Request": "true", ...headers }, credentials: "same-origin", cache: "no-store", redirect: "manual" }));
}

/** @param fields a FormData, or what a form of plain fields is made of */
export function post(url, fields, { signal, keepalive } = {}) {
  return ours(fetch(url, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() },
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    credentials: "same-origin",
    redirect: "manual",
    signal,
    keepalive,
  }));
}
