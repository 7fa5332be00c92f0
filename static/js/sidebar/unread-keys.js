/** Alt+Shift and an arrow show the next or the previous unread room of the list. */
import { onKey } from "../core/keys.js";
import { fieldOf, isForPage, onMac } from "../core/shortcuts.js";
import { toast } from "../core/toasts.js";
import { visit } from "../core/visits.js";
import { word } from "../core/words.js";
import { rows, unreadOf } from "./room-row.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const isCurrent = (row) => row.querySelector("[aria-current]") !== null;

onKey(document, (event) => {
  const by = STEPS[event.key];
  if (!by || !event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !isForPage(event)) return;
  if (onMac && fieldOf(event)?.value) return; // there these keys select text
  event.preventDefault();
  const next = nextUnread(by);
  if (next) visit(next.querySelector(".place").href); else toast(word("noUnread"));
});

/** From the current room on, and around. */
function nextUnread(by) {
  const all = rows().filter((row) => !row.hidden);
  if (by < 0) all.reverse();
  const here = all.findIndex(isCurrent);
  return [...all.slice(here + 1), ...all.slice(0, here + 1)].find((row) => unreadOf(row) > 0 && !isCurrent(row));
}
