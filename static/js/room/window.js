/** The window of messages: inserts them by seq, trims far ones, and keeps the scroll position. */
import { fold } from "./blocked.js";
import { addCopyButtons, nameScrollers } from "./code.js";
import { drawDividers } from "./dividers.js";
import { list, stream } from "./elements.js";
import { restoreEdit, saveEdit } from "./editing.js";
import { learnPerson } from "../core/names.js";
import { removeTabStops } from "../core/roving.js";
import { localTimes } from "../core/times.js";

const data = document.body.dataset;
const NEAR = 40; // pixels from the newest message that still count as at the newest
const MAX_ROWS = 200; // rows that remain after trimming; it happens at SPARE more
const SPARE = 40;
const MAX_IN_USE = 600; // rows above which focused and selected rows are trimmed too
const MARGIN = 1500; // pixels around the view in which no row is trimmed

export const messages = () => list.querySelectorAll(":scope > .message");
/** The messages that the server has, without pending bubbles. */
export const storedMessages = () => [...list.querySelectorAll(":scope > .message[data-seq]")];
export const seqOf = (row) => Number(row.dataset.seq);
export const lowestSeq = () => Number(list.querySelector(":scope > .message[data-seq]")?.dataset.seq ?? 0);
export const highestSeq = () => Number(storedMessages().at(-1)?.dataset.seq ?? 0);
export const rowAt = (seq) => list.querySelector(`:scope > .message[data-seq="${seq}"]`);
/** Also a pending one, which has no seq. */
export const messageRow = (id) => document.getElementById(`message-${id}`);
/** Whether the window reaches the newest message of the room. */
export const reachesNewest = () => data.atEnd === "1";
/** In the reversed column, scrollTop is 0 at the newest message and negative above. */
export const atNewest = () => reachesNewest() && stream.scrollTop > -NEAR;

/** The first row that is at least partly in view. */
export const topRow = () => {
  const { top } = stream.getBoundingClientRect();
  return [...messages()].find((row) => row.getBoundingClientRect().bottom > top);
};

/** The distance from the upper edge of the view to the row's, in pixels. */
export const offsetOf = (row) => row.getBoundingClientRect().top - stream.getBoundingClientRect().top;

export const scrollBy = (pixels) => { stream.scrollTop += pixels; };

let aimed = null; // {id, edge}: where the last change left its anchor. Browsers round what is scrolled, and errors would add up

/** Run a change of the list. The rows in view do not move, unless the newest message is in view. */
export function keepScrollPosition(change) {
  const anchor = atNewest() ? null : topRow();
  const before = anchor && aimedEdge(anchor);
  change();
  drawDividers();
  const now = anchor && document.getElementById(anchor.id); // a newer version may have replaced it
  if (!now) return;
  scrollBy(lowerEdge(now) - before);
  aimed = { id: now.id, edge: before };
}

function aimedEdge(row) {
  const edge = lowerEdge(row);
  return aimed?.id === row.id && Math.abs(aimed.edge - edge) < 1 ? aimed.edge : edge;
}

/** The lower edge is kept: the author's line of the first row may disappear when the row before it is loaded. */
const lowerEdge = (row) => row.getBoundingClientRect().bottom;

/** Insert a message: in place of its older version, else by its seq, before pending bubbles. */
export function putMessage(element) {
  const old = document.getElementById(element.id);
  prepare(element);
  restoreEdit(old, element);
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
  learnPerson(row);
  localTimes(row);
  removeTabStops(row);
  addCopyButtons(row);
  nameScrollers(row);
  fold(row);
}

function removeMessage(row) {
  saveEdit(row);
  if (row.contains(document.activeElement)) stream.focus({ preventScroll: true });
  row.remove();
}

export function removeRow(id) {
  keepScrollPosition(() => document.getElementById(id)?.remove());
}

/** Remove all messages except those with these ids, which are about to be replaced; pending bubbles stay. */
export function clearMessages(keys) {
  for (const row of storedMessages()) if (!keys.has(row.id)) removeMessage(row);
}

/**
 * Too many rows: remove those farthest from the view, so that the page stays as light after a year's history as after a day's.
 * To be called inside keepScrollPosition, before anything else changes.
 * @param coming how many rows are about to be inserted
 * @return {{low: number}|{high: number}|null} the new first or last seq of the window; null if nothing was removed
 */
export function trimMessages(coming) {
  const rows = storedMessages();
  const max = Math.max(1, MAX_ROWS - coming);
  if (rows.length + coming <= MAX_ROWS + SPARE) return null;
  const view = stream.getBoundingClientRect();
  const above = view.top - rows[0].getBoundingClientRect().top;
  const below = rows.at(-1).getBoundingClientRect().bottom - view.bottom;
  const upper = above > below;
  if (!upper) rows.reverse();
  const stays = (row) => near(row, view) || (rows.length < MAX_IN_USE && inUse(row));
  const first = rows.findIndex((row, number) => number === rows.length - max || stays(row));
  if (first < 1) return null;
  rows.slice(0, first).forEach(removeMessage);
  return { [upper ? "low" : "high"]: seqOf(rows[first]) };
}

function near(row, view) {
  const { top, bottom } = row.getBoundingClientRect();
  return bottom > view.top - MARGIN && top < view.bottom + MARGIN;
}

/** Whether the row has the focus or is selected: then it must not disappear. */
function inUse(row) {
  const selection = getSelection();
  return row.contains(document.activeElement) || (!selection.isCollapsed && selection.containsNode(row, true));
}

/** To be called when another room is shown. */
export function prepareMessages() {
  for (const row of messages()) prepare(row);
  drawDividers();
}
