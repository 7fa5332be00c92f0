/**
 * Requests of the page's scripts: the CSRF token is read when sending. Each says whose page it is, as somebody else may have
 * signed in by another tab meanwhile: to them the page is that of somebody who is signed out.
 */

/** Where something of the chat is: it may be mounted below a path. */
export const at = (path) => document.body.dataset.base + path;

export const WHOSE = "Chat-Person";
const whose = () => ({ [WHOSE]: document.body.dataset.me ?? "" });

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
  const known = answer.headers.has("Chat-Answer");
  if (known && answer.status < 500) dispatchEvent(new Event("answered"));
  if (!taken || known) return answer;
  dispatchEvent(new Event("captive"));
  throw new NotOurs("another server answered");
}

/** Who is signed in now, whosever page this is: their number; null for nobody, or without an answer. */
export async function whoIsHere() {
  const answer = await get(at("me/"), { [WHOSE]: "" }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

export function get(url, headers = {}) {
  return ours(fetch(url, { headers: { "HX-Request": "true", ...whose(), ...headers }, credentials: "same-origin", cache: "no-store", redirect: "manual" }));
}

/** @param fields a FormData, or what a form of plain fields is made of */
export function post(url, fields, { signal, keepalive } = {}) {
  return ours(fetch(url, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken(), ...whose() },
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    credentials: "same-origin",
    redirect: "manual",
    signal,
    keepalive,
  }));
}
