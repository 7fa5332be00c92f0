/** The page of a room: makes its parts, and connects them. */
import { accessLost } from "./access-lost.js";
import { actions } from "./actions.js";
import { bubbles, isStored } from "./bubbles.js";
import { catchUp } from "./catchup.js";
import { composer } from "../composer/composer.js";
import { days } from "./days.js";
import { edges } from "./edges.js";
import { parse } from "../core/fragments.js";
import { jumps } from "./jumps.js";
import { deleteRoomCopy } from "../core/offline-copies.js";
import { callHooks, registerHooks } from "../core/hooks.js";
import { messageIn, permalinks } from "./permalinks.js";
import { pill } from "./pill.js";
import { reading } from "./reading.js";
import { expire } from "./retention.js";
import { roomHeader } from "./room-header.js";
import { initialRows, registerRowKind } from "./row-kinds.js";
import { Rules } from "./rules.js";
import { scrollRestore } from "./scroll-restore.js";
import * as sidebar from "../sidebar/sidebar.js";
import { toast } from "../core/toasts.js";
import { rowUpdates } from "./updates.js";
import { clearMessages, highestSeq, lowestSeq, putMessage, reachesNewest, seqOf } from "./window.js";
import { word } from "../core/words.js";
import { writeAccess } from "./write-access.js";

const data = document.body.dataset;
const stream = document.getElementById("stream");
const list = document.getElementById("messages");
const form = document.getElementById("composer");

/**
 * @param socket returns the page's socket, which is opened after this
 * @param box the person's outbox
 */
export function openRoom({ socket, box }) {
  const { room } = data;
  const field = form.elements.body;
  const dock = form.closest(".dock");

  registerRowKind("message-", { apply: putMessage, elements: () => list.children, clear: clearMessages, received: messageReceived });
  roomHeader({ field, titleChanged: writeAccess({ room, dock }).titleChanged, expired });

  const rules = new Rules({
    held: Number(data.held),
    low: lowestSeq() || null,
    atStart: data.atStart === "1",
    high: reachesNewest() ? null : highestSeq(),
    rows: initialRows(),
  });
  const updates = rowUpdates({
    rules,
    on: {
      gap: () => missing.soon(),
      startedOver,
      changed,
      toPosition: (position) => go.toPosition(position),
    },
  });
  const access = accessLost({
    parts: [stream, dock, document.getElementById("details"), document.querySelector(".bar__actions")],
    unsent,
    lost() {
      socket().leaveRoom();
      callHooks("roomLost", room);
      sidebar.removeRoom(room);
      deleteRoomCopy(room);
    },
  });
  const missing = catchUp({ rules, room, take: updates.take, lost: access.show });
  const go = jumps({
    rules,
    room,
    stream,
    show(rows, verdicts, outdated) {
      updates.replaceWindow(rows, verdicts);
      if (outdated) missing.now();
    },
    lost: access.show,
  });
  const below = pill({ stream, lastSeq: Number(data.lastSeq), go: () => go.toNewest() });
  const waiting = bubbles({ rules, acts: box, toNewest: () => go.toNewest({ quietly: true }) });
  const { focusAtEnd } = composer({
    form,
    room,
    send(item) {
      waiting.add(item);
      box.add(item).then(() => callHooks("messageQueued", room)); // only then is what was typed safe
    },
  });
  callHooks("roomOpened", { room, field, upTo });
  actions({ stream, field, take: updates.takeFrame });
  const checkEdges = edges({ rules, room, stream, list, take: updates.take, drain: missing.now, lost: access.show });
  const read = reading({ stream, room, socket, newest: () => below.newest, goTo: go.toSeq });
  // After an outage: the server may not know how far was read.
  registerHooks({ connected: ({ again }) => again && !access.over && read.resend() });
  days({ stream, since: go.toMoment });
  const scroll = scrollRestore({ stream, go });
  permalinks({ stream, room, go: go.toMessage, push: scroll.push });
  below.draw();

  const linked = scroll.restoring ? null : messageIn(location, room);
  if (linked) go.toMessage(linked).then((there) => there === false && toast(word("noSuchMessage")));
  // With a mouse people come to write; on touch a keyboard would open.
  else if (matchMedia("(pointer: fine)").matches) focusAtEnd();

  /** What a message means beside the window: for the list of rooms, for the pill, and for how far was read. */
  function messageReceived(element) {
    const mine = element.dataset.author === data.me;
    sidebar.messageReceived(element);
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
    return !access.over && rules.held < version && missing.now();
  }

  /** All that was written here and is not with the server. */
  function unsent() {
    return [...waiting.unsent(), field.value].filter((text) => text.trim());
  }

  return {
    lose: access.show,
    lost: () => access.over,
    typed: () => unsent().length > 0,
    /** What delivering needs to know of the room. */
    shown: { room, arrived: isStored, take: updates.takeFrame, expect: missing.expect },
    /** What waits in the person's outbox. */
    showWaiting: (items) => !access.over && waiting.draw(items.filter((item) => item.room === room)),
    frame: (html) => updates.takeFrame(parse(html)),
    /** A beat without the room means that we may not hear it any longer: the server says so when asked. */
    beat: (version) => !access.over && (version === null || rules.beat(version).ask) && missing.now(), // a promise, if it asks
  };
}
