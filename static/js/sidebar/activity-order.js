/**
 * Lists that are sorted by activity (`data-by-activity`): a room with a new message moves to the top. While a pointer is over the
 * list of rooms, or a row has the keyboard's focus, nothing moves: the person may be about to press a row.
 */
import { afterSwap } from "../core/htmx.js";

const CALM = 400; // milliseconds after which a finger that was lifted has made its click

const list = document.getElementById("places");
const orders = new Map(); // id of a sorted list -> its rooms, as they are shown
let pointed = false;
let timer = 0;

const sortedLists = () => list.querySelectorAll("[data-by-activity]");
const rowsOf = (sorted) => [...sorted.querySelectorAll(":scope > .place-row")];
const isHeld = () => pointed || list.querySelector(".place-row :focus-visible") !== null;
const latestFirst = (row) => -Date.parse(row.querySelector("time").dateTime) || 0;

/** @param rank called with a row; the lowest comes first */
function sort(sorted, rank) {
  const before = rowsOf(sorted);
  const after = [...before].sort((one, other) => rank(one) - rank(other));
  if (after.every((row, number) => row === before[number])) return;
  const focused = document.activeElement;
  sorted.append(...after);
  if (sorted.contains(focused)) focused.focus({ preventScroll: true });
}

function settle() {
  timer = 0;
  if (isHeld()) return;
  for (const each of sortedLists()) sort(each, latestFirst);
  remember();
}

function remember() {
  orders.clear();
  for (const each of sortedLists()) orders.set(each.id, rowsOf(each).map(({ dataset }) => dataset.room));
}

/** A room has a new message. */
export function activityChanged() {
  timer ||= setTimeout(settle);
}

function release() {
  pointed = false;
  clearTimeout(timer);
  timer = setTimeout(settle, CALM);
}

for (const sign of ["pointermove", "pointerdown"]) list.addEventListener(sign, () => { pointed = true; });
for (const sign of ["pointerleave", "pointercancel", "focusout"]) list.addEventListener(sign, release);
document.addEventListener("input", release); // whoever writes has left the pointer where it was

// A list that was fetched meanwhile is in the new order already. A room that is new in it has no place to keep.
afterSwap((target) => {
  if (target !== list) return;
  for (const each of isHeld() ? sortedLists() : []) {
    const rooms = orders.get(each.id);
    if (rooms) sort(each, (row) => (rooms.includes(row.dataset.room) ? rooms.indexOf(row.dataset.room) : rooms.length));
  }
  remember();
});
remember();
