/** Signing in again without leaving the page: the door's own form, in a dialog. What was typed stays where it is. */
import { csrfToken, whoIsHere } from "./net.js";

const data = document.body.dataset;
let asking = null;
let holds = () => false;

/** @param {() => boolean} unsent whether the page holds something that must not be left */
export function stayWhile(unsent) {
  holds = unsent;
}

/** The server said that nobody is signed in: to the door, or here, so that what was typed is not lost. */
export async function toSignIn() {
  if (!holds()) return location.assign(`${data.loginUrl}?next=${encodeURIComponent(location.pathname)}`);
  await signInAgain();
  return dispatchEvent(new Event("signed-in"));
}

/** Waits until this person is signed in again. Somebody else's signing in loads the page anew, and nothing goes on in this one. */
export function signInAgain() {
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

async function ask() {
  if (await signedIn()) return; // by another tab
  const template = document.getElementById("t-sign-in");
  const dialog = template.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.showModal();
  try {
    await show(dialog, await fetch(data.loginUrl, { credentials: "same-origin" }));
    await new Promise((resolve) => {
      dialog.addEventListener("submit", (event) => submit(event, dialog, resolve));
      // Signed in by another tab meanwhile.
      document.addEventListener("visibilitychange", async () => await signedIn() && resolve());
    });
  } finally {
    dialog.remove();
  }
}

async function submit(event, dialog, done) {
  event.preventDefault();
  const form = event.target;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  fields.set("csrfmiddlewaretoken", csrfToken());
  const answer = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
  if (await signedIn()) done();
  else await show(dialog, answer);
}

/** The form of the door's page. */
async function show(dialog, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("main form[method='post']");
  if (!form) return location.assign(answer.url);
  form.setAttribute("action", new URL(form.getAttribute("action") || answer.url, answer.url));
  dialog.querySelector("[data-form]").replaceChildren(document.importNode(form, true));
  dialog.querySelector("input:not([type='hidden'])")?.focus();
  return undefined;
}

async function signedIn() {
  const person = await whoIsHere();
  if (person === null || person === data.me) return person !== null;
  location.reload();
  return new Promise(() => {});
}
