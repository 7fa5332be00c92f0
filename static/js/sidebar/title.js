/** The page's title, after the number of unread messages in all rooms. */
import { badge } from "./badge.js";
import { rows, unreadOf } from "./room-row.js";

// Kept apart from what is shown, since a name may begin like the number: "(7) Tom".
const app = document.querySelector("meta[name='application-name']").content;
let base = document.title;
let shown = base;

/** @param name the name of the shown room, if it changed since the page was loaded */
export function updateTitle(name) {
  if (document.title !== shown) base = document.title; // the page was given another one meanwhile
  if (name) base = `${name} · ${app}`;
  const unread = rows().reduce((sum, row) => sum + unreadOf(row), 0);
  shown = unread ? `(${unread > 99 ? "99+" : unread}) ${base}` : base;
  document.title = shown;
  shown = document.title; // without white space at its ends
  badge(unread);
}
