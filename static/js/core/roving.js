/** Each message links to itself and to its author. Only the links of the current message are tab stops. */
let current = null;

/** Without the author's name in a message that continues a group: it is not shown. */
const linksOf = (row) => row?.querySelectorAll(".message:not([data-continues]) .message__name, .message__time") ?? [];

export function removeTabStops(row) {
  for (const link of linksOf(row)) link.setAttribute("tabindex", "-1");
}

export function setCurrent(row) {
  if (row === current) return;
  removeTabStops(current);
  current = row;
  for (const link of linksOf(current)) link.removeAttribute("tabindex");
}
