/** Connects the composer's field with the draft of the shown room. */
import { typedIn } from "./composer.js";

const PUSH_EVERY = 3000; // milliseconds
const RETRY_AFTER = 15_000;

/**
 * @param field the composer's field
 * @param room the room's id
 * @param drafts the person's drafts
 */
export function drafting({ field, room, drafts }) {
  const notice = document.getElementById("older-draft");
  let timer = 0;

  async function push() {
    clearTimeout(timer);
    timer = 0;
    await drafts.push(room);
    if (drafts.waits(room)) timer ||= setTimeout(push, RETRY_AFTER);
  }

  function typed() {
    drafts.typed(room, field.value);
    timer ||= setTimeout(push, PUSH_EVERY);
  }

  /** Show the stored draft in the field, and its older text in the notice. */
  function show() {
    const { body, older } = drafts.known(room);
    if (field.value !== body) {
      field.value = body;
      typedIn(field);
    }
    notice.hidden = !older;
    notice.querySelector("[data-older]").textContent = older;
  }

  async function begin() {
    const { value, defaultValue, dataset } = field;
    // The server returned a refused text, or the user typed before the draft was read from disk.
    const early = value !== defaultValue || dataset.unsent !== undefined;
    // An offline copy has an old draft; the one on this device is newer.
    if (document.documentElement.dataset.copy) await drafts.meet(room);
    else await drafts.meet(room, dataset.unsent === undefined ? defaultValue : "", notice.dataset.draft);
    if (early || field.value !== value) drafts.typedOver(room, field.value);
    show();
    drafts.pushAll();
  }

  field.addEventListener("input", typed);
  notice.addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action === "swap-draft") drafts.swap(room);
    else if (action === "drop-draft") drafts.drop(room);
    else return;
    show();
    push();
    field.focus();
  });
  // When the page closes, an unsent draft goes with a request that outlives the page.
  const leave = () => drafts.push(room, { leaving: true });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  for (const sign of ["online", "live"]) addEventListener(sign, () => drafts.pushAll());
  begin();

  return {
    show,
    /** To a server that may not know of it any more. */
    resend() {
      drafts.anew(room);
      push();
    },
    sent() {
      if (field.value) return; // the next one is on its way already
      clearTimeout(timer);
      timer = 0;
      drafts.end(room);
    },
  };
}
