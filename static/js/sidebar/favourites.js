/** The favourites in one's own order: dragged, or moved by Alt with an arrow. The whole order goes to the server. */
import { answered } from "../core/answers.js";
import { fetchRoomList, refetchRoomList, unlessBusy } from "../core/htmx.js";
import { at, post } from "../core/net.js";
import { say } from "../core/toasts.js";
import { word } from "../core/words.js";

const LONG_PRESS = 350; // milliseconds
const JITTER = 6; // pixels

const places = document.getElementById("places");
const everything = () => [...places.querySelectorAll("#favourites > .place-row")];
const rows = () => everything().filter((row) => !row.hidden);
const order = () => everything().map((row) => row.dataset.room).join(" ");

let drag = null; // {row, x, y, touch, before, on, timer}: `before` are the rows as they were
let dropped = false; // lifting the pointer is then no click on the row
let telling = false;
let again = false;

// What comes meanwhile would put the old order back; the list is fetched when the new one is kept.
unlessBusy((target) => target === places && Boolean(drag?.on || telling));

/** The row above (-1) or below (1) a favourite, if there is one. */
export function beside(row, by) {
  const all = rows();
  return all.includes(row) ? all[all.indexOf(row) + by] : undefined;
}

/** One step up (-1) or down (1). The neighbour goes to the other side, so that the row keeps focus and pointer. */
export function move(row, by) {
  const neighbour = beside(row, by);
  if (!neighbour) return;
  if (by < 0) row.after(neighbour); else row.before(neighbour);
  const all = rows();
  say(word("moved", { name: row.querySelector(".place__name").textContent, position: all.indexOf(row) + 1, count: all.length }));
  tell();
}

/** One at a time, or an older order might arrive last. */
async function tell() {
  again = true;
  if (telling) return;
  telling = true;
  while (again) {
    again = false;
    await answered(post(at("rooms/favourites/"), { order: order() }));
  }
  telling = false;
  refetchRoomList();
}

places.addEventListener("keydown", (event) => {
  const row = event.target.closest("#favourites > .place-row");
  if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  move(row, event.key === "ArrowUp" ? -1 : 1);
});

// The mouse drags at once, a finger after it has rested: before that it scrolls.

places.addEventListener("pointerdown", (event) => {
  const row = event.target.closest("#favourites > .place-row");
  if (!row || event.button !== 0 || event.target.closest("button")) return;
  const touch = event.pointerType !== "mouse";
  drag = { row, x: event.clientX, y: event.clientY, touch, before: everything(), on: false };
  if (touch) drag.timer = setTimeout(begin, LONG_PRESS);
});

document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (!drag) return;
  if (!drag.on) {
    if (Math.hypot(clientX - drag.x, clientY - drag.y) <= JITTER) return;
    if (drag.touch) return end();
    begin();
  }
  follow(clientY);
});

function begin() {
  drag.on = true;
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
  const { row, before, on } = drag;
  clearTimeout(drag.timer);
  drag = null;
  delete row.dataset.dragged;
  if (!on) return;
  dropped = true;
  setTimeout(() => { dropped = false; });
  if (everything().every((each, number) => each === before[number])) fetchRoomList(); else tell();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag?.on) return;
  drag.row.parentElement.append(...drag.before);
  end();
});
places.addEventListener("click", (event) => dropped && event.preventDefault(), { capture: true });
document.addEventListener("pointerup", end);
document.addEventListener("pointercancel", end);
places.addEventListener("touchmove", (event) => drag?.on && event.cancelable && event.preventDefault(), { passive: false });
// What the browser does with links itself: carry them off, or open a menu for a finger that rests.
for (const kind of ["dragstart", "contextmenu"]) {
  places.addEventListener(kind, (event) => (kind === "dragstart" || drag?.touch) && event.target.closest("#favourites") && event.preventDefault());
}
