/**
 * What screen readers hear of the shown room: each new message once, in a region of its own. The list of messages is silent, since its
 * rows are replaced when a message was sent, edited or repaired, and older ones are inserted.
 */
import { registerHooks } from "../core/hooks.js";
import { called } from "../core/names.js";
import { word } from "../core/words.js";
import { isBlocked } from "./blocked.js";
import { readable } from "./readable.js";
import { highestSeq, seqOf } from "./window.js";

const WITHIN = 250; // milliseconds in which messages count as coming together
const MOST = 3; // of these are heard; more are only counted
const LONGEST = 500; // characters of a message
const KEPT = 10_000; // milliseconds

const data = document.body.dataset;

const shortened = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Each text is an element of its own: one that replaced another would be heard instead of it. */
function say(text) {
  const line = document.createElement("p");
  line.dir = "auto";
  line.textContent = text;
  document.getElementById("heard")?.append(line);
  setTimeout(() => line.remove(), KEPT);
}

/** @param signal an AbortSignal of the time when another room is shown */
export function announcing({ signal }) {
  const known = new Set(); // ids of messages that were heard, or need not be
  let begun = Number(data.lastSeq); // what came before is history
  let waiting = [];
  let timer = 0;

  function flush() {
    timer = 0;
    if (waiting.length > MOST) say(word("manyNew", { count: waiting.length }));
    else waiting.forEach(say);
    waiting = [];
  }

  function soon(who, text) {
    waiting.push(`${who}: ${shortened(text)}`);
    timer ||= setTimeout(flush, WITHIN);
  }

  /** A message came, or a new version of it: from anywhere, and maybe outside of the window. */
  function received(row) {
    const { author } = row.dataset;
    const text = row.querySelector(".message__text");
    const isNew = seqOf(row) > begun && !known.has(row.id);
    known.add(row.id);
    if (!isNew || !text || isBlocked(author)) return;
    soon(author === data.me ? word("you") : called(row.querySelector(".message__name").textContent), readable(text));
  }

  registerHooks({
    messageReceived: received,
    roomStartedOver: () => { begun = highestSeq(); },
  }, signal);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    document.getElementById("heard")?.replaceChildren();
  });

  return {
    /** The person's own message is heard when it is written, and not again when the server has it. */
    written({ id, body }) {
      known.add(`message-${id}`);
      soon(word("you"), body.trim());
    },
  };
}
