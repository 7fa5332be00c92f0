/** A shown room: makes its parts, and connects them. Everything ends when another room is shown. */
import { accessLost } from "./access-lost.js";
import { actions } from "./actions.js";
import { announcing } from "./announcing.js";
import { bubbles, isStored } from "./bubbles.js";
import { catchUp } from "./catchup.js";
import { days } from "./days.js";
import { drawDividers } from "./dividers.js";
import { edges } from "./edges.js";
import { editedTexts } from "./editing.js";
import { list, stream } from "./elements.js";
import { parse } from "../core/fragments.js";
import { jumps } from "./jumps.js";
import { callHooks, registerHooks } from "../core/hooks.js";
import { permalinks } from "./permalinks.js";
import { pill } from "./pill.js";
import { reading } from "./reading.js";
import { expire } from "./retention.js";
import { roomHeader } from "./room-header.js";
import { initialRows, registerRowKind } from "./row-kinds.js";
import { Rules } from "./rules.js";
import { scrollRestore } from "./scroll-restore.js";
import { steady } from "./steady.js";
import * as sidebar from "../sidebar/sidebar.js";
import { rowUpdates } from "./updates.js";
import { clearMessages, highestSeq, lowestSeq, prepareMessages, putMessage, reachesNewest, seqOf } from "./window.js";
import { writeAccess } from "./write-access.js";

const data = document.body.dataset;

/**
 * The page has the elements of a room, and `document.body` its attributes.
 * @param field the composer's field
 * @param socket returns the page's socket
 * @param box the person's outbox
 * @param text what the server has for the composer; undefined for a room that was shown before
 * @param signal an AbortSignal of the time when another room is shown
 */
export function openRoom({ field, socket, box, text, signal }) {
  const { room } = data;
  const dock = document.getElementById("dock");
  const details = document.getElementById("details");
  prepareMessages();
  const aloud = announcing({ signal });

  registerRowKind("message-", { apply: putMessage, elements: () => list.children, clear: clearMessages, received: messageReceived });
  const access = writeAccess({ room, dock, signal });
  roomHeader({ field, titleChanged: access.titleChanged, expired });

  const rules = new Rules({
    held: Number(data.held),
    low: lowestSeq() || null,
    atStart: data.atStart === "1",
    high: reachesNewest() ? null : highestSeq(),
    rows: initialRows(),
  });
  const updates = rowUpdates({
    rules,
    signal,
    on: {
      gap: () => missing.soon(),
      startedOver,
      changed,
      toPosition: (position) => go.toPosition(position),
    },
  });
  const loss = accessLost({
    parts: [stream, dock, details, document.querySelector(".bar__actions")],
    emptied: [stream, details],
    unsent,
    lost() {
      socket().again(); // without the room, for the room list alone
      callHooks("roomLost", room);
      sidebar.removeRoom(room);
    },
  });
  const missing = catchUp({ rules, room, take: updates.take, lost: loss.show, signal });
  const go = jumps({
    rules,
    room,
    stream,
    show(rows, verdicts, outdated) {
      updates.replaceWindow(rows, verdicts);
      if (outdated) missing.now();
    },
    lost: loss.show,
    signal,
  });
  const below = pill({ stream, lastSeq: Number(data.lastSeq), go: () => go.toNewest(), signal });
  const waiting = bubbles({ rules, acts: box, toNewest: () => go.toNewest({ quietly: true }), signal });
  callHooks("roomOpened", { room, text, upTo });
  actions({ stream, field, take: updates.takeFrame, signal });
  const checkEdges = edges({ rules, room, stream, list, take: updates.take, drain: missing.now, lost: loss.show, signal });
  const read = reading({ stream, room, socket, newest: () => below.newest, goTo: go.toSeq, signal });
  registerHooks({
    // After an outage the server may not know how far was read.
    connected: ({ again }) => again && !loss.over && read.resend(),
    newDay() {
      drawDividers();
      read.check();
    },
  }, signal);
  steady({ stream, signal });
  days({ stream, since: go.toMoment, signal });
  const scroll = scrollRestore({ stream, go, signal });
  permalinks({ stream, room, field, go: go.toMessage, push: scroll.push, signal });
  below.draw();

  /** What a message means beside the window: for the list of rooms, for the pill, and for how far was read. */
  function messageReceived(element) {
    const mine = element.dataset.author === data.me;
    sidebar.messageReceived(element);
    callHooks("messageReceived", element);
    below.arrived(seqOf(element), mine);
    if (!mine) return;
    read.markRead(seqOf(element));
    waiting.delivered(element.id.replace("message-", ""));
  }

  /** The room does not keep its messages before the one with the seq `first` any longer: nobody has to read them. */
  function expired(first) {
    read.markRead(first - 1);
    expire(first, field);
  }

  function changed() {
    checkEdges();
    read.check();
    below.draw();
  }

  function startedOver() {
    sidebar.reload();
    read.resend();
    callHooks("roomStartedOver", room);
  }

  /** @return a promise of the time when what the room held at `version` is here */
  function upTo(version) {
    return !loss.over && rules.held < version && missing.now();
  }

  /** All that was written here and is not with the server. */
  function unsent() {
    return [...waiting.unsent(), ...editedTexts(), field.value].filter((text) => text.trim());
  }

  return {
    lose: loss.show,
    lost: () => loss.over,
    typed: () => unsent().length > 0,
    restoring: scroll.restoring,
    /** Scroll to where the person was, as leave() returned it. */
    toPosition: go.toPosition,
    /** Jump to a message by its id or seq. @return whether it is in this room; null if the request failed */
    toMessage: go.toMessage,
    showTitle: () => access.titleChanged(document.getElementById("room-title").dataset),
    /** What delivering needs to know of the room. */
    shown: { room, arrived: isStored, take: updates.takeFrame, expect: missing.expect },
    /** A message that the user just wrote. */
    add(item) {
      waiting.add(item);
      aloud.written(item);
    },
    /** What waits in the person's outbox. */
    showWaiting: (items) => !loss.over && waiting.draw(items.filter((item) => item.room === room)),
    /** Rows of another room are late: this one is shown since. */
    frame: (html) => updates.takeFrame(parse(html).filter(({ element }) => (element.dataset.room ?? room) === room)),
    /** A beat without the room means that we may not hear it any longer: the server says so when asked. */
    beat: (version) => !loss.over && (version === null || rules.beat(version).ask) && missing.now(), // a promise, if it asks
    /** What this page holds, for the time when the room is shown again. To be called before the signal. */
    leave({ savePosition }) {
      read.flush();
      if (savePosition) scroll.save();
      const { atStart, atEnd, role } = data;
      return { position: scroll.position(), held: rules.held, atStart, atEnd, lastSeq: below.newest, newAfter: read.seen, role };
    },
  };
}
