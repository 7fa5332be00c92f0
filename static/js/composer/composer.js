/** The composer: makes items for the outbox from what is typed in its field. */
import { onKey } from "../core/keys.js";
import { at } from "../core/net.js";
import { word } from "../core/words.js";

/** A UUID, version 7, without `crypto.randomUUID`, which plain HTTP does not have. */
function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

let lastTime = 0;
/** Keeps the order of two messages written in the same millisecond. */
const nextTime = () => { lastTime = Math.max(Date.now(), lastTime + 1); return lastTime; };

/**
 * The page has one composer. What is typed is for the room that the page shows, or is about to show.
 * @param room returns its id
 * @param send called with {id, room, url, body}, once the field is empty
 */
export function composer({ form, room, send }) {
  const field = form.elements.body;
  const button = form.querySelector("[type=submit]");

  // A press on the button takes the focus from nothing: on a phone the keyboard stays as it is.
  button.addEventListener("mousedown", (event) => event.preventDefault());

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = field.value;
    // Without write access the button is hidden, and an unfinished text can only be read.
    if (!body.trim() || !room() || !button.checkVisibility()) return;
    field.value = "";
    fitHeight(field);
    focusToWrite(field);
    send({ id: uuid7(nextTime()), room: room(), url: at(`rooms/${room()}/messages/`), body });
  });
  typing(field, () => form.requestSubmit());
}

/** Focus a field where its text ended: a browser begins before it, and the next words would stand before the first. */
export function focusAtEnd(field) {
  field.focus({ preventScroll: true });
  field.setSelectionRange(field.value.length, field.value.length);
}

/** With a mouse people come to write; on touch a keyboard would open. */
export function focusToWrite(field) {
  if (matchMedia("(pointer: fine)").matches) focusAtEnd(field);
}

/** Give the field another text, as if somebody had typed it. */
export function type(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Enter sends and Shift+Enter starts a new line. The field grows with its text. */
export function typing(field, send) {
  onKey(field, (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (matchMedia("(pointer: coarse)").matches) return; // on touch screens Enter starts a new line, and the button sends
    event.preventDefault();
    send();
  });
  field.addEventListener("input", () => typedIn(field));
  typedIn(field);
}

/** To be called when the field's value changed. */
export function typedIn(field) {
  fitHeight(field);
  checkLength(field);
}

/** Report a text that is too long before sending. A maxlength would silently cut pasted text. */
function checkLength(field) {
  const limit = Number(field.dataset.limit);
  const length = field.value.length > limit ? [...field.value].length : 0;
  field.setCustomValidity(length > limit ? word("tooLong", { length, limit }) : "");
}

function fitHeight(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}
