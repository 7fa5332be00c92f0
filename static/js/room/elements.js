/**
 * The elements of the shown room. They are replaced when another room is shown (app/switching.js), so modules import them from here
 * and do not keep them.
 */
export let stream = null;
export let list = null;

/** To be called when they were replaced. */
export function findElements() {
  stream = document.getElementById("stream");
  list = document.getElementById("messages");
}

findElements();
