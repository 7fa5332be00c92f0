/**
 * Makes a room's name of what is typed, in its field: lower case, one dash for spaces and for signs that names can't have. The
 * server does the same (`clean_name` in chat/actions/rooms.py), and more strictly.
 */
const FIELD = "[data-shape='room-name']";
const UNMISSED = /['’\p{Cc}\p{Cf}]/gu; // apostrophes, and what nobody sees; white space is left
const OTHER = /[^\p{L}\p{M}\p{N}_.-]/gu;

/** @param text the beginning of a name, whose end may be still to come */
export const shaped = (text) => text.normalize("NFC").toLowerCase()
  .replace(UNMISSED, (sign) => (/\s/.test(sign) ? sign : ""))
  .replace(OTHER, " ")
  .trimStart()
  .replace(/[- ]+/g, (between) => (between.includes(" ") ? "-" : between));

function shape(field) {
  const name = shaped(field.value);
  if (name === field.value) return;
  const caret = shaped(field.value.slice(0, field.selectionEnd)).length;
  field.value = name;
  field.setSelectionRange(caret, caret);
}

// An input method is composing: what it shows is not typed yet, and to change it would end the word.
document.addEventListener("input", ({ target, isComposing }) => !isComposing && target.matches?.(FIELD) && shape(target));
document.addEventListener("compositionend", ({ target }) => target.matches?.(FIELD) && shape(target));

/** A dash for a space at the end was the beginning of a word that did not come. */
function finish(field) {
  const name = field.value.replace(/-+$/, "");
  if (name !== field.value) field.value = name;
}

document.addEventListener("focusout", ({ target }) => target.matches(FIELD) && finish(target));
document.addEventListener("submit", ({ target }) => target.querySelectorAll(FIELD).forEach(finish), { capture: true });
