/** The window of messages: puts them where their seq says, takes far ones off, and keeps the scroll position. */
import { fold } from "./blocked.js";
import { addCopyButtons } from "./code.js";
import { drawDividers } from "./dividers.js";
import { keepEditing, setAside } from "./editing.js";
import { learn } from "../core/names.js";
import { leaveOut } from "../core/roving.js";
import { localTimes } from "../core/times.js";

const data = document.body.dataset;
const stream = document.getElementById("stream");
const list = document.getElementById("messages");
const NEAR = 40; // pixels from the newest that still count as being there
const MOST = 200; // rows that stay when there are SPARE more
const SPARE = 40;
const HELD = 600; // rows past which also those go that have the focus or are selected
const BESIDE = 1500; // pixels around the view in which none goes

export const messages = () => list.querySelectorAll(":scope > .message");
/** Those that the server has, without the bubbles that wait. */
export const storedMessages = () => [...list.querySelectorAll(":scope > .message[data-seq]")];
export const seqOf = (row) => Number(row.dataset.seq);
export const lowestSeq = () => Number(list.querySelector(":scope > .message[data-seq]")?.dataset.seq ?? 0);
export const highestSeq = () => Number(storedMessages().at(-1)?.dataset.seq ?? 0);
export const rowAt = (seq) => list.querySelector(`:scope > .message[data-seq="${seq}"]`);
/** Whether the window reaches the newest message of the room. */
export const reachesNewest = () => data.atEnd === "1";
/** In the reversed column 0 is the newest, and older is negative. */
export const atNewest = () => reachesNewest() && stream.scrollTop > -NEAR;

/** The first row of which something is in view. */
export const topRow = () => {
  const { top } = stream.getBoundingClientRect();
  return [...messages()].find((row) => row.getBoundingClientRect().bottom > top);
};

/** How far below the upper edge of the view a row begins, in pixels. */
export const offsetOf = (row) => row.getBoundingClientRect().top - stream.getBoundingClientRect().top;

export const scrollBy = (pixels) => { stream.scrollTop += pixels; };

/** Run a change of the list; what the reader looks at stays where it is, unless they are at the newest. */
export function keepScrollPosition(change) {
  const anchor = atNewest() ? null : topRow();
  const before = anchor && lowerEdge(anchor);
  change();
  drawDividers();
  const now = anchor && document.getElementById(anchor.id); // a newer version of it may stand in its place
  if (now) scrollBy(lowerEdge(now) - before);
}

/** Of the first row in view this is what stays: its author's line may go, when the row before it comes. */
const lowerEdge = (row) => row.getBoundingClientRect().bottom;

/** Put a message in: instead of its older self, else where its seq belongs, before what is pending. */
export function putMessage(element) {
  const old = document.getElementById(element.id);
  prepare(element);
  keepEditing(old, element);
  if (old?.dataset.marked !== undefined) element.dataset.marked = "";
  if (old?.dataset.seq === element.dataset.seq) return old.replaceWith(element);
  old?.remove();
  const seq = seqOf(element);
  let next = null;
  for (let row = list.lastElementChild; row; row = row.previousElementSibling) {
    if (row.dataset.seq !== undefined && seqOf(row) < seq) break;
    if (row.matches(".message")) next = row;
  }
  list.insertBefore(element, next);
  return undefined;
}

function prepare(row) {
  learn(row);
  localTimes(row);
  leaveOut(row);
  addCopyButtons(row);
  fold(row);
}

function takeOff(row) {
  setAside(row);
  if (row.contains(document.activeElement)) stream.focus({ preventScroll: true });
  row.remove();
}

export function removeRow(id) {
  keepScrollPosition(() => document.getElementById(id)?.remove());
}

/** Take off all messages but those with these ids, which are about to be put in anew; bubbles that wait stay. */
export function clearMessages(keys) {
  for (const row of storedMessages()) if (!keys.has(row.id)) takeOff(row);
}

/**
 * Where there would be too many rows, those go that are farthest from the reader, so that the page stays as light after a
 * year's history as after a day's. To be called while the scroll position is kept, and before anything else changes.
 * @param coming how many rows are about to be put in
 * @return {{low: number}|{high: number}|null} what the window begins or ends with now; null if it is as it was
 */
export function trimMessages(coming) {
  const rows = storedMessages();
  const most = Math.max(1, MOST - coming);
  if (rows.length + coming <= MOST + SPARE) return null;
  const view = stream.getBoundingClientRect();
  const above = view.top - rows[0].getBoundingClientRect().top;
  const below = rows.at(-1).getBoundingClientRect().bottom - view.bottom;
  const upper = above > below;
  if (!upper) rows.reverse();
  const stays = (row) => near(row, view) || (rows.length < HELD && held(row));
  const first = rows.findIndex((row, number) => number === rows.length - most || stays(row));
  if (first < 1) return null;
  rows.slice(0, first).forEach(takeOff);
  return { [upper ? "low" : "high"]: seqOf(rows[first]) };
}

function near(row, view) {
  const { top, bottom } = row.getBoundingClientRect();
  return bottom > view.top - BESIDE && top < view.bottom + BESIDE;
}

/** Whether somebody has their finger on it, so to say: it must not vanish from under keyboard or selection. */
function held(row) {
  const selection = getSelection();
  return row.contains(document.activeElement) || (!selection.isCollapsed && selection.containsNode(row, true));
}

if (list) {
  for (const row of messages()) prepare(row);
  drawDividers();
}
