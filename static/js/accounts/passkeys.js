/** Passkeys: requests one from the browser, and submits its answer with the form. */
import { whileBusy } from "../core/busy.js";

const supported = typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
const failed = document.querySelector("[data-passkey-failed]");
const unsupported = document.querySelector("[data-passkey-unable]");

/** The server's options: on the page, or for a form with `data-options` fetched from there when needed. */
async function serverOptions(form) {
  const address = form.dataset.options;
  if (!address) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function requestCredential(form) {
  const { creation_options: creation, request_options: request } = await serverOptions(form);
  return creation
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(creation.publicKey) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(request.publicKey) });
}

async function send(form, button) {
  failed.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify((await requestCredential(form)).toJSON());
  } catch {
    failed.hidden = false;
    button.focus();
    return;
  }
  form.submit();
  await new Promise(() => {}); // the next page is coming
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !supported;
  if (supported) form.querySelector("[autofocus]")?.focus(); // while it was hidden, the browser passed it over
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    whileBusy(form, send(form, button), button);
  });
}
if (supported && unsupported) unsupported.hidden = true;
