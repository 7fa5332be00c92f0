/** Passkeys: requests one from the browser, and submits its answer with the form. */
const canDo = typeof globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
const failed = document.querySelector("[data-passkey-failed]");
const unable = document.querySelector("[data-passkey-unable]");

/** The server's options: on the page, or for a form with `data-options` fetched from there when needed. */
async function wanted(form) {
  const address = form.dataset.options;
  if (!address) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function asked(form) {
  const { creation_options: creation, request_options: request } = await wanted(form);
  return creation
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(creation.publicKey) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(request.publicKey) });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  form.hidden = !canDo;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await asked(form)).toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
if (canDo && unable) unable.hidden = true;
