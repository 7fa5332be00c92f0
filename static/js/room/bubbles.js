/** Shows the outbox as bubbles among the messages: pending, or failed with the reason. */
import { startOfDay } from "../core/calendar.js";
import { localTimes } from "../core/times.js";
import { keepScrollPosition, messageRow, messages, reachesNewest, removeRow } from "./window.js";
import { sure } from "../core/sure.js";
import { copyOf } from "../core/words.js";
import { showText } from "./pending-text.js";

const GROUPED_WITHIN = 300_000;
const REMOVE_AFTER = 5000; // milliseconds for the message itself to arrive, once the server has it

/** Whether the server has the message, as far as this page knows. */
export const isStored = (id) => messageRow(id)?.dataset.seq !== undefined;

/**
 * @param rules the page's rules
 * @param acts {again(item), drop(id)}
 * @param toNewest scrolls to the newest message
 * @param signal an AbortSignal of the time when another room is shown; the bubbles are drawn again when this one comes back
 */
export function bubbles({ rules, acts, toNewest, signal }) {
  const shown = new Map(); // id -> item
  signal.addEventListener("abort", () => {
    for (const row of messages()) if (row.dataset.seq === undefined) row.remove();
  });

  function show(item) {
    if (messageRow(item.id)) return;
    rules.pending(`message-${item.id}`);
    const row = bubble(item);
    addDiscard(row, item);
    keepScrollPosition(() => document.getElementById("messages").append(row));
  }

  function addDiscard(element, { id }) {
    element.querySelector("[data-action='discard']").addEventListener("click", async () => {
      if (!await sure("t-discard")) return;
      remove(id);
      acts.drop(id);
      document.getElementById("body").focus();
    });
  }

  /** Show why it was not sent, or what it waits for. */
  function showState(item) {
    const row = messageRow(item.id);
    const note = copyOf(item.failed ? "t-failed" : "t-waits");
    note.querySelector("[data-reason]").textContent = item.failed || item.note;
    row.dataset.state = item.failed ? "failed" : "pending";
    keepScrollPosition(() => {
      row.querySelector(".message__state")?.remove();
      row.querySelector(".message__main").append(note);
    });
    note.querySelector("[data-action='retry']")?.addEventListener("click", () => {
      removeRow(row.id);
      acts.again(item);
    });
    addDiscard(note, item);
  }

  function remove(id) {
    shown.delete(id);
    if (isStored(id)) return;
    rules.discard(`message-${id}`);
    removeRow(`message-${id}`);
  }

  /** Show the bubbles of these items and no others. */
  function draw(items) {
    for (const { id, failed } of [...shown.values()].filter((old) => !items.some((item) => item.id === old.id))) {
      // Discarded in another tab, or sent: then the message itself arrives soon and replaces the bubble.
      shown.delete(id);
      setTimeout(() => remove(id), failed ? 0 : REMOVE_AFTER);
    }
    for (const item of items) {
      if (isStored(item.id)) {
        acts.drop(item.id);
        continue;
      }
      const before = shown.get(item.id);
      shown.set(item.id, item);
      show(item);
      const message = item.failed || item.note;
      if (message && (before?.failed || before?.note) !== message) showState(item);
    }
  }

  return {
    draw,
    /** A message that the user just wrote. */
    add(item) {
      shown.set(item.id, item);
      show(item);
      toNewest();
    },
    /** The message arrived although it failed: the server accepted an earlier request after all. */
    delivered(id) {
      if (shown.get(id)?.failed) acts.drop(id);
    },
    /** The texts that the server does not have, as far as this page knows. */
    unsent: () => [...shown.values()].filter((item) => !isStored(item.id)).map((item) => item.body),
  };
}

function bubble({ id, room, body }) {
  const row = copyOf("t-pending");
  const last = [...messages()].at(-1);
  const time = row.querySelector("time");
  const written = writtenAt(id);
  row.id = `message-${id}`;
  row.dataset.room = room;
  time.dateTime = written.toISOString();
  showText(row.querySelector(".message__text"), body);
  if (reachesNewest() && last?.dataset.author === row.dataset.author && last.dataset.deleted === undefined) {
    const before = new Date(last.querySelector("time").dateTime);
    if (written - before < GROUPED_WITHIN && startOfDay(written) === startOfDay(before)) row.dataset.continues = "";
  }
  localTimes(row);
  return row;
}

/** A UUID of version 7 begins with its creation time in milliseconds. */
const writtenAt = (id) => new Date(parseInt(id.replaceAll("-", "").slice(0, 12), 16));
