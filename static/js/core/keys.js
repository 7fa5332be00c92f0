/**
 * Keys that people press. Every handler of keys listens through `onKey`: while an input method composes, Enter, Escape and the
 * arrows are its own, to choose among its words. A test asks for it (tests/chat/test_keys.py).
 */

/**
 * Whether the key belongs to an input method. Safari ends composing before the key that ended it, which then has only the code 229.
 * The key's `keyup` looks like any other: nothing may listen for that.
 */
const belongsToInputMethod = (event) => event.isComposing || event.keyCode === 229;

/** Call `listener` for each key that is pressed in `target`, and that is the page's. @param options those of addEventListener */
export function onKey(target, listener, options = {}) {
  target.addEventListener("keydown", (event) => belongsToInputMethod(event) || listener(event), options);
}

// A dialog or a menu is closed by the browser itself.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && belongsToInputMethod(event)) event.preventDefault();
}, { capture: true });
