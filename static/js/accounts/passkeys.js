/** Passkeys: requests one from the browser, and submits its answer with the form. */
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

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  form.hidden = !supported;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await requestCredential(form)).toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
if (supported && unsupported) unsupported.hidden = true;
