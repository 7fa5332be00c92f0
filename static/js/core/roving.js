/** Each message has links to itself and to its author; only those of the message one is at are stops of the Tab key. */
let here = null;

/** Without the name that a message in the middle of a group does not show. */
const linksOf = (row) => row?.querySelectorAll(".message:not([data-continues]) .message__name, .message__time") ?? [];

export function leaveOut(row) {
  for (const link of linksOf(row)) link.setAttribute("tabindex", "-1");
}

export function goTo(row) {
  if (row === here) return;
  leaveOut(here);
  here = row;
  for (const link of linksOf(here)) link.removeAttribute("tabindex");
}
