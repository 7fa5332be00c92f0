/** The window of messages: puts rows where their seq says, and keeps the reader's place. */
import { fold } from "./blocked.js";
import { learn } from "./names.js";
import { drawDividers } from "./dividers.js";
import { dressCode } from "./code.js";
import { leaveOut } from "./roving.js";
import { localTimes } from "./times.js";

const stream = document.getElementById("stream");
const list = document.getElementById("messages");
const pill = document.getElementById("pill");
const NEAR = 40; // pixels from the newest that still count as being there

let arrivedBelow = 0;

export const messages = () => list.querySelectorAll(":scope > .message");
export const lowestSeq = () => Number(list.querySelector(":scope > .message[data-seq]")?.dataset.seq ?? 0);
export const highestSeq = () => Number([...list.querySelectorAll(":scope > .message[data-seq]")].at(-1)?.dataset.seq ?? 0);
/** In the reversed column 0 is the newest, and older is negative. */
export const atNewest = () => stream.scrollTop > -NEAR;
export const toNewest = () => stream.scrollTo({ top: 0 });

/** Run a change of the list; what the reader looks at stays where it is, unless they are at the newest. */
export function keepingPlace(change) {
  const anchor = atNewest() ? null : [...messages()].find((row) => row.getBoundingClientRect().bottom > stream.getBoundingClientRect().top);
  const before = anchor?.getBoundingClientRect().top;
  change();
  drawDividers(list);
  if (anchor?.isConnected) stream.scrollTop += anchor.getBoundingClientRect().top - before;
}

/** Put a message's element in: in place of its older self, else where its seq belongs, before what is pending. */
export function put(element) {
  const old = document.getElementById(element.id);
  learn(element);
  localTimes(element);
  leaveOut(element);
  dressCode(element);
  fold(element);
  if (old) {
    if (old.dataset.unfolded !== undefined) element.dataset.unfolded = "";
    keepEditing(old, element);
    if (old.dataset.seq === element.dataset.seq) return old.replaceWith(element);
    old.remove();
  }
  const seq = Number(element.dataset.seq);
  let next = null;
  for (const row of [...messages()].reverse()) {
    if (row.dataset.seq !== undefined && Number(row.dataset.seq) < seq) break;
    next = row;
  }
  list.insertBefore(element, next);
  if (!old && !atNewest() && element.dataset.author !== document.body.dataset.me && seq >= highestSeq()) count(1);
  return undefined;
}

/** A half-typed edit outlives any new version of its message. */
function keepEditing(old, element) {
  const form = old.querySelector("form[data-edit]");
  if (!form || element.dataset.deleted !== undefined) return;
  const field = form.elements.body;
  const { selectionStart, selectionEnd } = field;
  const focused = document.activeElement === field;
  element.dataset.editing = "";
  element.querySelector(".message__main").append(form);
  if (focused) queueMicrotask(() => { field.focus(); field.setSelectionRange(selectionStart, selectionEnd); });
}

export function remove(id) {
  keepingPlace(() => document.getElementById(id)?.remove());
}

/** Take off all that the server knows, but for what is about to be put in anew; bubbles that wait stay. */
export function clear(coming) {
  for (const row of list.querySelectorAll(":scope > .message[data-seq]")) if (!coming.has(row.id)) row.remove();
}

function count(more) {
  arrivedBelow += more;
  pill.hidden = arrivedBelow === 0;
  const text = arrivedBelow === 1 ? pill.dataset.one : pill.dataset.many.replace("{n}", arrivedBelow);
  pill.querySelector(".pill__words").textContent = text;
}

pill?.addEventListener("click", toNewest);
stream?.addEventListener("scroll", () => {
  if (atNewest() && arrivedBelow) count(-arrivedBelow);
}, { passive: true });

if (list) {
  for (const row of messages()) { learn(row); localTimes(row); leaveOut(row); dressCode(row); fold(row); }
  drawDividers(list);
}
