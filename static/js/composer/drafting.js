/** Connects the composer's field with the draft of the shown room. */
import { listeningUntil } from "../core/listening.js";
import { sure } from "../core/sure.js";
import { type, typedIn } from "./composer.js";
import { keepTyped, takeTyped } from "./typed-ahead.js";

const PUSH_EVERY = 3000; // milliseconds
const RETRY_AFTER = 15_000;

/**
 * @param field the composer's field; from now on its text is a draft of this room
 * @param room the room's id
 * @param drafts the person's drafts
 * @param signal an AbortSignal of the time when another room is shown
 */
export function drafting({ field, room, drafts, signal }) {
  const listen = listeningUntil(signal);
  const notice = () => document.getElementById("older-draft");
  let timer = 0;
  const ahead = takeTyped(room);
  if (ahead) type(field, ahead);
  let early = field.value !== field.defaultValue; // the user typed before the room was here
  let opened = false;

  async function push() {
    clearTimeout(timer);
    timer = 0;
    await drafts.push(room);
    if (!signal.aborted && drafts.waits(room)) timer ||= setTimeout(push, RETRY_AFTER);
  }

  function typed() {
    early ||= !opened;
    if (!opened) return;
    drafts.typed(room, field.value);
    timer ||= setTimeout(push, PUSH_EVERY);
  }

  /** Show the stored draft in the field, and its older text in the notice. */
  function show() {
    if (signal.aborted || !opened) return;
    const { body, older } = drafts.known(room);
    if (field.value !== body) {
      field.value = body;
      typedIn(field);
    }
    notice().hidden = !older;
    notice().querySelector("[data-older]").textContent = older;
  }

  /** The room is here. @param text the draft that the server has; undefined if the page has not asked */
  async function open(text) {
    const { value, dataset } = field;
    // The server returned a refused text, or the user typed before the draft was read from disk.
    early ||= dataset.unsent !== undefined;
    // An offline copy has an old draft; the one on this device is newer.
    if (text === undefined || document.documentElement.dataset.copy) await drafts.meet(room);
    else await drafts.meet(room, dataset.unsent === undefined ? text : "", notice().dataset.draft);
    if (signal.aborted) return;
    opened = true;
    if (early || field.value !== value) drafts.typedOver(room, field.value);
    show();
    listen(notice(), "click", noticeClicked);
    drafts.pushAll();
  }

  async function noticeClicked({ target }) {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action === "swap-draft") drafts.swap(room);
    else if (action === "drop-draft" && await sure("t-discard-draft") && !signal.aborted) drafts.drop(room);
    else return;
    show();
    push();
    field.focus();
  }

  /** Another room is shown, or the page is left. What was typed before the room was here is still a draft of it. */
  function close() {
    clearTimeout(timer);
    if (!opened && early) drafts.typedOver(room, field.value);
  }

  listen(field, "input", typed);
  // When the page closes, an unsent draft goes with a request that outlives the page.
  const leave = () => { close(); drafts.push(room, { leaving: true }); };
  listen(window, "pagehide", () => {
    if (!opened && early) keepTyped(room, field.value);
    leave();
  });
  listen(window, "pageshow", ({ persisted }) => persisted && takeTyped(room)); // the page is back, and has it
  listen(document, "visibilitychange", () => document.hidden && leave());
  for (const sign of ["online", "live"]) listen(window, sign, () => drafts.pushAll());
  signal.addEventListener("abort", () => { close(); drafts.push(room); });

  return {
    show,
    open,
    /** To a server that may not know of it any more. */
    resend() {
      drafts.anew(room);
      push();
    },
    sent() {
      if (field.value) return; // the next one is on its way already
      early = false;
      if (!opened) return; // nobody has seen the draft yet
      clearTimeout(timer);
      timer = 0;
      drafts.end(room);
    },
  };
}
