/** Signing out, and closing the page, while something waits to be sent. */
import { badge } from "./badge.js";
import { forgetPages } from "./kept.js";
import { copyOf } from "./words.js";

const PATIENCE = 2000; // milliseconds for the server to take what is half-typed

/**
 * Signing out empties the outbox and forgets the drafts: nothing of a person stays on the device. It asks first.
 * @param box the person's outbox
 * @param drafts the person's drafts; their other devices still get them
 * @param {() => void} leaving called when the page is about to go
 */
export function askBeforeSigningOut({ box, drafts, leaving }) {
  const form = document.querySelector("[data-sign-out]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await box.waiting() && !await sure()) return;
    await Promise.race([drafts.pushAll(), new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
    await box.empty();
    await drafts.empty();
    await forgetPages();
    sessionStorage.clear();
    badge(0);
    leaving();
    form.submit();
  });

  addEventListener("beforeunload", (event) => {
    if (drafts.perishable || (!box.lasting && document.querySelector(".message[data-state]"))) event.preventDefault();
  });
}

/** In a dialog of the page; closing it any other way means no. */
function sure() {
  const dialog = copyOf("t-unsent");
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
