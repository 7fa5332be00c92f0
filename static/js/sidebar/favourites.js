/** Reorders the favourites: by dragging, or with Alt and an arrow key. The whole order is sent to the server. */
import { textOrToast } from "../core/answers.js";
import { fetchRoomList, refetchRoomList, unlessBusy } from "../core/htmx.js";
import { onKey } from "../core/keys.js";
import { at, post } from "../core/net.js";
import { announce } from "../core/toasts.js";
import { word } from "../core/words.js";

const LONG_PRESS = 350; // milliseconds
const JITTER = 6; // pixels

const list = document.getElementById("places");
const allRows = () => [...list.querySelectorAll("#favourites > .place-row")];
const rows = () => allRows().filter((row) => !row.hidden);
const order = () => allRows().map((row) => row.dataset.room).join(" ");

let drag = null; // {row, x, y, touch, before, dragging, timer}: `before` is the order before the drag
let dropped = false; // then lifting the pointer is no click on the row
let saving = false;
let changed = false;

// A list that arrives meanwhile would restore the old order; the list is reloaded once the new order is saved.
unlessBusy((target) => target === list && Boolean(drag?.dragging || saving));

/** The row above (-1) or below (1) a favourite, if there is one. */
export function neighbourOf(row, by) {
  const all = rows();
  return all.includes(row) ? all[all.indexOf(row) + by] : undefined;
}

/** One step up (-1) or down (1). The neighbour moves instead of the row, which so keeps focus and pointer. */
export function move(row, by) {
  const neighbour = neighbourOf(row, by);
  if (!neighbour) return;
  if (by < 0) row.after(neighbour); else row.before(neighbour);
  const all = rows();
  announce(word("moved", { name: row.querySelector(".place__name").textContent, position: all.indexOf(row) + 1, count: all.length }));
  save();
}

/** Save the order. One request at a time, or an older order might arrive last. */
async function save() {
  changed = true;
  if (saving) return;
  saving = true;
  while (changed) {
    changed = false;
    await textOrToast(post(at("rooms/favourites/"), { order: order() }));
  }
  saving = false;
  refetchRoomList();
}

onKey(list, (event) => {
  const row = event.target.closest("#favourites > .place-row");
  if (!row || !event.altKey || event.shiftKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  move(row, event.key === "ArrowUp" ? -1 : 1);
});

// A mouse drags at once, a finger after a long press: before that it scrolls.

list.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("#favourites > .place-row");
  if (!row || event.button !== 0 || event.target.closest("button")) return;
  const touch = event.pointerType !== "mouse";
  drag = { row, x: event.clientX, y: event.clientY, touch, before: allRows(), dragging: false };
  if (touch) drag.timer = setTimeout(begin, LONG_PRESS);
});

document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (!drag) return;
  if (!drag.dragging) {
    if (Math.hypot(clientX - drag.x, clientY - drag.y) <= JITTER) return;
    if (drag.touch) return end();
    begin();
  }
  follow(clientY);
});

function begin() {
  drag.dragging = true;
  drag.row.dataset.dragged = "";
}

function follow(y) {
  const all = rows();
  const here = all.indexOf(drag.row);
  const middle = (row) => { const { top, height } = row.getBoundingClientRect(); return top + height / 2; };
  const up = all.slice(0, here).find((row) => y < middle(row));
  const down = all.slice(here + 1).findLast((row) => y > middle(row));
  if (up) drag.row.after(...all.slice(all.indexOf(up), here));
  else if (down) drag.row.before(...all.slice(here + 1, all.indexOf(down) + 1));
}

function end() {
  if (!drag) return;
  const { row, before, dragging } = drag;
  clearTimeout(drag.timer);
  drag = null;
  delete row.dataset.dragged;
  if (!dragging) return;
  dropped = true;
  setTimeout(() => { dropped = false; });
  if (allRows().every((each, number) => each === before[number])) fetchRoomList(); else save();
}

onKey(document, (event) => {
  if (event.key !== "Escape" || !drag?.dragging) return;
  drag.row.parentElement.append(...drag.before);
  end();
});
list.addEventListener("click", (event) => dropped && event.preventDefault(), { capture: true });
document.addEventListener("pointerup", end);
document.addEventListener("pointercancel", end);
list.addEventListener("touchmove", (event) => drag?.dragging && event.cancelable && event.preventDefault(), { passive: false });
// Prevent what browsers do with links: drag them, or open a menu after a long press.
for (const kind of ["dragstart", "contextmenu"]) {
  list.addEventListener(kind, (event) => (kind === "dragstart" || drag?.touch) && event.target.closest("#favourites") && event.preventDefault());
}
