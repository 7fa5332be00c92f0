/**
 * HTTP requests of the page's scripts. The CSRF token is read when sending. Each request names the user of the page: if
 * somebody else signed in in another tab, the server answers as if nobody were signed in.
 */

/** The path of a page of the chat, which may be mounted below another path. */
export const at = (path) => document.body.dataset.base + path;

export const WHOSE = "Chat-Person";
const personHeader = () => ({ [WHOSE]: document.body.dataset.me ?? "" });

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

// A form may be older than the sign-in; then its CSRF token is no longer valid.
document.addEventListener("submit", ({ target }) => {
  const field = target.querySelector("input[name='csrfmiddlewaretoken']");
  if (field) field.value = csrfToken() || field.value;
}, { capture: true });

/** Another server answered, such as a captive portal. Treated like no answer. */
export class UnexpectedAnswer extends TypeError {}

/** Every answer of ours has the header Chat-Answer, and none redirects a script. A proxy's own errors count as errors. */
async function checked(request) {
  const answer = await request;
  const accepted = answer.ok || answer.status === 511 || answer.type === "opaqueredirect";
  const fromUs = answer.headers.has("Chat-Answer");
  if (fromUs && answer.status < 500) dispatchEvent(new Event("answered"));
  if (!accepted || fromUs) return answer;
  dispatchEvent(new Event("captive"));
  throw new UnexpectedAnswer("another server answered");
}

/** The id of whoever is signed in now, which may not be the user of this page; null for nobody, or without an answer. */
export async function whoIsHere() {
  const answer = await get(at("me/"), { [WHOSE]: "" }).catch(() => null);
  return answer?.ok ? answer.text() : null;
}

export function get(url, headers = {}) {
  return checked(fetch(url, { headers: { "HX-Request": "true", ...personHeader(), ...headers }, credentials: "same-origin", cache: "no-store", redirect: "manual" }));
}

/** @param fields a FormData, or anything that URLSearchParams takes */
export function post(url, fields, { signal, keepalive } = {}) {
  return checked(fetch(url, {
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken(), ...personHeader() },
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    credentials: "same-origin",
    redirect: "manual",
    signal,
    keepalive,
  }));
}
