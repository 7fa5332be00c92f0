/** Signs in again without leaving the page: the form of the sign-in page, in a dialog. Typed text stays on the page. */
import { whileBusy } from "./busy.js";
import { csrfToken, whoIsHere } from "./net.js";
import { copyOf } from "./words.js";

const RETRY_AFTER = 5000; // milliseconds

const data = document.body.dataset;
const signInUrl = () => `${data.loginUrl}?next=${encodeURIComponent(location.pathname)}`;
let signingIn = null;
let hasUnsent = () => false;

/** @param {() => boolean} unsent whether the page has unsent text that must not be lost */
export function stayWhile(unsent) {
  hasUnsent = unsent;
}

/** Nobody is signed in: go to the sign-in page, or sign in here if typed text would be lost. */
export async function toSignIn() {
  if (!hasUnsent()) return location.assign(signInUrl());
  await signInAgain();
  return dispatchEvent(new Event("signed-in"));
}

/** Wait until this person is signed in again. If somebody else signs in, the page reloads and this never returns. */
export function signInAgain() {
  signingIn ??= ask().finally(() => { signingIn = null; });
  return signingIn;
}

async function ask() {
  if (await signedIn()) return; // in another tab
  const dialog = copyOf("t-sign-in");
  dialog.querySelector("[data-sign-in]").href = signInUrl();
  document.body.append(dialog);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  // In browsers a second Escape closes it all the same: then nothing on the page would work, without a reason shown.
  dialog.addEventListener("close", () => dialog.isConnected && dialog.showModal());
  dialog.showModal();
  try {
    while (!await attempt(dialog, () => fetch(data.loginUrl, { credentials: "same-origin" }))) await pause();
    await new Promise((resolve) => {
      dialog.addEventListener("submit", (event) => submit(event, dialog, resolve));
      // Signed in in another tab meanwhile, such as one with another sign-in method.
      document.addEventListener("visibilitychange", async () => await signedIn() && resolve());
    });
  } finally {
    dialog.close(); // which returns the focus
    dialog.remove();
  }
}

async function submit(event, dialog, done) {
  event.preventDefault();
  const form = event.target;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  fields.set("csrfmiddlewaretoken", csrfToken());
  await whileBusy(form, attempt(dialog, async () => {
    const answer = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
    if (!await signedIn()) return answer;
    done();
    return null;
  }), event.submitter);
}

/** Show the answered page, or a notice if there is no answer or a server error. @return whether there was an answer */
async function attempt(dialog, request) {
  const trouble = dialog.querySelector("[data-trouble]");
  try {
    const answer = await request();
    if (answer?.status >= 500) throw new Error(`the sign-in page answered ${answer.status}`);
    trouble.hidden = true;
    if (answer) await show(dialog, answer);
    return true;
  } catch {
    trouble.hidden = false;
    return false;
  }
}

const pause = () => new Promise((resolve) => {
  addEventListener("online", resolve, { once: true });
  setTimeout(resolve, RETRY_AFTER);
});

/** Show the form of the answered page. */
async function show(dialog, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("main form[method='post']");
  if (!form) return location.assign(answer.url);
  form.setAttribute("action", new URL(form.getAttribute("action") || answer.url, answer.url));
  dialog.querySelector("[data-form]").replaceChildren(document.importNode(form, true));
  [...dialog.querySelectorAll("input:not([type='hidden'])")].find((field) => !field.value)?.focus();
  return undefined;
}

async function signedIn() {
  const person = await whoIsHere();
  if (person === null || person === data.me) return person !== null;
  location.reload();
  return new Promise(() => {});
}
