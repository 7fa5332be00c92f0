/** The page's title: what is shown, and before it how many messages are unread in all rooms. */
import { badge } from "./badge.js";
import { rows, unreadOf } from "./room-row.js";

const title = document.title;

/** @param name what the shown room is called, if that is another name than the page came with */
export function updateTitle(name) {
  const base = name ? title.replace(/^.* · /, () => `${name} · `) : document.title.replace(/^\(\d+\+?\) /, "");
  const unread = rows().reduce((sum, row) => sum + unreadOf(row), 0);
  document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${base}` : base;
  badge(unread);
}
