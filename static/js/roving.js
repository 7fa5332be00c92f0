/**
 * Each message has links to its author's card and to itself; only those of the message one is at are stops of the Tab
 * key. The name of a message that continues another is not seen, and never one.
 */
let here = null;

function stop(row, may) {
  const links = row?.querySelectorAll(row.dataset.continues === undefined ? ".message__name, .message__time" : ".message__time");
  for (const link of links ?? []) {
    if (may) link.removeAttribute("tabindex"); else link.setAttribute("tabindex", "-1");
  }
}

export const leaveOut = (row) => stop(row, false);

export function goTo(row) {
  if (row === here) return;
  leaveOut(here);
  here = row;
  stop(here, true);
}
