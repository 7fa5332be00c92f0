/** Signing out, and closing the page, while something waits to be sent. */
import { reason } from "../core/answers.js";
import { whileBusy } from "../core/busy.js";
import { callHooks } from "../core/hooks.js";
import { badge } from "../sidebar/badge.js";
import { deleteCopies } from "../core/offline-copies.js";
import { at, get, post, WHOSE } from "../core/net.js";
import { pause } from "../core/pause.js";
import { sure } from "../core/sure.js";
import { toast } from "../core/toasts.js";
import { word } from "../core/words.js";

const FLUSH_TIMEOUT = 2000; // milliseconds for the server to take what features still have

/**
 * Signing out empties the outbox and what features keep: nothing of a person stays on the device. It asks first; and whoever
 * could not be signed out keeps everything, and is told so.
 * @param box the person's outbox
 * @param {(now: boolean) => void} leaving called when the page is about to go, and if it did not
 */
export function askBeforeSigningOut({ box, leaving }) {
  const form = document.querySelector("[data-sign-out]");

  async function signOut() {
    if (await box.waiting() && !await sure("t-unsent")) return;
    await Promise.race([Promise.allSettled(callHooks("signingOut")), pause(FLUSH_TIMEOUT)]);
    leaving(true);
    const answer = await post(form.action, new FormData(form)).catch(() => null);
    if (!answer?.ok && !await signedOut()) {
      leaving(false);
      toast(answer ? await reason(answer) : word("noAnswer"));
      return;
    }
    await box.empty();
    await Promise.allSettled(callHooks("signedOut"));
    await deleteCopies();
    sessionStorage.clear();
    badge(0);
    location.assign(answer?.headers.get("HX-Redirect") ?? document.body.dataset.loginUrl);
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(form, signOut(), event.submitter);
  });

  addEventListener("beforeunload", (event) => {
    if (callHooks("unsaved").some(Boolean) || (!box.lasting && document.querySelector(".message[data-state]"))) event.preventDefault();
  });
}

/** Where the answer does not tell, as the plain redirect of a project's own page: whether the server knows nobody any more. */
async function signedOut() {
  const answer = await get(at("me/"), { [WHOSE]: "" }).catch(() => null);
  return answer?.status === 401;
}
