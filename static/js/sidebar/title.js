/** The page's title, after the number of unread messages in all rooms. */
import { badge } from "./badge.js";
import { rows, unreadOf } from "./room-row.js";

const title = document.title;

/** @param name the name of the shown room, if it changed since the page was loaded */
export function updateTitle(name) {
  const base = name ? title.replace(/^.* · /, () => `${name} · `) : document.title.replace(/^\(\d+\+?\) /, "");
  const unread = rows().reduce((sum, row) => sum + unreadOf(row), 0);
  document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${base}` : base;
  badge(unread);
}
