/** Drafts on this page: registers what the feature does, and connects the person's drafts with the shown room and the list. */
import { afterSwap } from "../core/htmx.js";
import { registerHooks } from "../core/hooks.js";
import { attributeOf, rooms, setAttribute, versionOf } from "../sidebar/sidebar.js";
import { typedIn } from "./composer.js";
import { drafting } from "./drafting.js";
import { drafts as draftsOf } from "./drafts.js";

let shown = null; // the shown room: {room, upTo, draft, lost}
const drafts = draftsOf({
  person: document.body.dataset.me,
  changed: (room) => room === shown?.room && !shown.lost && shown.draft.show(),
});

/** The state of a draft, as the list of rooms has it; empty for none. */
const stateOf = (room) => attributeOf(room, "draft") ?? "";

/** Another device typed there. After an outage, only the list says so. */
function draftChanged({ room, state }) {
  setAttribute(room, "draft", state);
  if (room === shown?.room) drafts.heard(room, state);
}

registerHooks({
  messages: { draft: draftChanged },
  latest: {
    draft(states) {
      for (const room of rooms()) draftChanged({ room, state: states[room] ?? "" });
    },
  },
  roomChosen({ room, field, signal }) {
    shown = { room, upTo: () => undefined, draft: drafting({ field, room, drafts, signal }), lost: false };
    const { body } = drafts.known(room);
    if (!body || field.value) return;
    field.value = body;
    typedIn(field);
  },
  async roomOpened({ room, text, upTo }) {
    shown.upTo = upTo;
    await shown.draft.open(text);
    if (text === undefined) drafts.heard(room, stateOf(room));
  },
  messageQueued({ room, body }) {
    if (room === shown?.room) shown.draft.sent();
    else if (drafts.known(room).body.trim() === body.trim()) drafts.end(room); // another room is shown since
  },
  roomStartedOver: () => shown.draft.resend(),
  roomLost(room) {
    shown.lost = true;
    drafts.keepHere(room);
  },
  signingOut: () => drafts.pushAll(), // the person's other devices still get them
  signedOut: () => drafts.empty(),
  unsaved: () => drafts.perishable,
});

// Where a backup was restored, the room starts over first: what is half-typed here is sent to the server again.
afterSwap(async (target) => {
  if (target.id !== "places" || !shown) return;
  const { room, upTo } = shown;
  if (drafts.known(room).state !== stateOf(room)) await upTo(versionOf(room));
  drafts.heard(room, stateOf(room));
});
