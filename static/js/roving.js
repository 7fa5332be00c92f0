/** Each message has a link to itself; only that of the message one is at is a stop of the Tab key. */
let here = null;

const linkOf = (row) => row?.querySelector("a.message__time");

export function leaveOut(row) {
  linkOf(row)?.setAttribute("tabindex", "-1");
}

export function goTo(row) {
  if (row === here) return;
  leaveOut(here);
  here = row;
  linkOf(here)?.removeAttribute("tabindex");
}
