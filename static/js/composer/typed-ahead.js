/**
 * What was typed for a room that was not here yet when the page went. The browser loads the room then, and to store a text on the device
 * takes longer than the page has: it waits in the tab's own storage, for the page that comes.
 */
const keyOf = (room) => `typed ${document.body.dataset.me} ${room}`;

export const keepTyped = (room, text) => sessionStorage.setItem(keyOf(room), text);

/** @return the text, only once; "" if there is none */
export function takeTyped(room) {
  const text = sessionStorage.getItem(keyOf(room)) ?? "";
  sessionStorage.removeItem(keyOf(room));
  return text;
}
