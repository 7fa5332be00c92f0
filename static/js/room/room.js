/** The page of a room: wires rules, window, socket and composer together. */
import { about } from "./room-header.js";
import { actions } from "./actions.js";
import { arrived, bubbles } from "./bubbles.js";
import { catchUp } from "./catchup.js";
import { composer } from "../composer/composer.js";
import { days } from "./days.js";
import { drawDividers } from "./dividers.js";
import { drafting } from "../composer/drafting.js";
import { edges } from "./edges.js";
import { leftOver } from "./editing.js";
import { describe, parse } from "../core/fragments.js";
import { jumps } from "./jumps.js";
import { forgetRoom } from "../app/offline-copies.js";
import { messageIn, permalinks } from "./permalinks.js";
import { pill } from "./pill.js";
import { reading } from "./reading.js";
import { returning } from "./scroll-restore.js";
import { Rules } from "./rules.js";
import { standing } from "./write-access.js";
import * as sidebar from "../sidebar/sidebar.js";
import { toast } from "../core/toasts.js";
import { atNewest, clear, highestSeq, keepingPlace, letGo, lowestSeq, offsetOf, put, reachesNewest, seqOf, topRow } from "./window.js";
import { word } from "../core/words.js";

const data = document.body.dataset;
const stream = document.getElementById("stream");
const list = document.getElementById("messages");
const form = document.getElementById("composer");

/**
 * @param socket returns the page's socket, which is opened after this
 * @param box the person's outbox
 * @param drafts the person's drafts
 */
export function openRoom({ socket, box, drafts }) {
  const writes = standing({ room: data.room, dock: form.closest(".dock") });
  const room = about({ field: form.elements.body, described: writes.describe, begins });
  const rules = new Rules({
    held: Number(data.held),
    low: lowestSeq() || null,
    atStart: data.atStart === "1",
    high: reachesNewest() ? null : highestSeq(),
    rows: [...list.children, ...room.elements].filter((row) => row.dataset.version).map(describe),
  });
  const missing = catchUp({ rules, room: data.room, take: takeAll, lost: lose });

  /** Nobody has to read what is not kept any longer, nothing of it is new, and nobody typed in vain what it was to become. */
  function begins(first) {
    read.known(first - 1);
    const typed = leftOver(first);
    if (typed.length) {
      const field = form.elements.body;
      field.value = [field.value, ...typed].filter((text) => text.trim()).join("\n\n");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      toast(word("editGone"));
    }
    if (!Number(data.newAfter) || first - 1 <= Number(data.newAfter)) return;
    data.newAfter = first - 1;
    delete data.newSince;
  }

  function apply(row) {
    if (row.seq !== null) put(row.element);
    else if (row.key === "room-title") room.describe(row.element);
    else room.seat(row.element);
  }

  function takeAll(rows, verdicts, startOver = false) {
    const place = startOver && !atNewest() ? topRow() : null;
    const offset = place && offsetOf(place);
    keepingPlace(() => {
      if (startOver) {
        clear(new Set(rows.map((row) => row.key)));
        room.clear();
      }
      const left = letGo(rows.length);
      if (left) rules.trim(left);
      // What has just left the window is not put in again.
      rows.forEach((row, number) => verdicts[number] === "apply" && rules.rows.has(row.key) && apply(row));
      ends();
    });
    if (startOver) {
      sidebar.anew();
      read.again();
      half.again();
    }
    tell(rows, verdicts);
    // Whoever was reading further up goes on there.
    if (place?.dataset.seq && !place.isConnected) go.place({ seq: seqOf(place), offset });
  }

  /** The reader went elsewhere: these messages are the window. */
  function show(rows, verdicts, drain) {
    clear(new Set(rows.map((row) => row.key)));
    rows.forEach((row, number) => verdicts[number] === "apply" && apply(row));
    ends();
    drawDividers();
    tell(rows, verdicts);
    if (drain) missing.now();
  }

  /** What the window's ends are, for the sheets and for whoever asks whether it is at the newest. */
  function ends() {
    data.atStart = rules.atStart ? "1" : "";
    data.atEnd = rules.high === null ? "1" : "";
  }

  /** What rows mean beside the window: for the list of rooms, for the pill, and for how far was read. */
  function tell(rows, verdicts) {
    rows.forEach(({ element, seq }, number) => {
      if (verdicts[number] === "ignore") return;
      sidebar.fromFrame(element);
      if (seq === null) return;
      const mine = element.dataset.author === data.me;
      below.arrived(seq, mine);
      if (!mine) return;
      read.known(seq);
      waiting.came(element.id.replace("message-", ""));
    });
    lookAtEdges();
    read.look();
    below.draw();
  }

  /** Rows that came alone: a frame, or the answer to a write of ours. */
  function take(rows) {
    let gap = false;
    const verdicts = rows.map((row) => {
      const decided = rules.frame(row);
      gap = decided.gap;
      return decided.verdict;
    });
    takeAll(rows, verdicts);
    if (gap) missing.soon();
  }

  /** All that was written here and is not with the server. */
  const typed = () => [...waiting.unsent(), form.elements.body.value].filter((text) => text.trim());

  let lost = false;
  function lose() {
    if (lost) return; // a frame, a close code and a 404 may all say so
    lost = true;
    socket().elsewhere();
    document.querySelector(".app").dataset.pane = "room"; // on a phone the details may be all there is
    const told = document.getElementById("t-gone").content.cloneNode(true);
    const unsent = typed();
    drafts.keepHere(data.room);
    if (unsent.length) {
      told.querySelector("[data-unsent]").hidden = false;
      told.querySelector("textarea").value = unsent.join("\n\n");
    }
    for (const part of [stream, form.closest(".dock"), document.getElementById("details"), document.querySelector(".bar__actions")]) part?.remove();
    told.querySelector("h2").tabIndex = -1;
    document.querySelector("main").append(told);
    document.querySelector("main .page h2").focus();
    sidebar.lose(data.room);
    forgetRoom(data.room);
    document.getElementById("connection").hidden = true;
  }

  const go = jumps({ rules, room: data.room, stream, show, lost: lose });
  const below = pill({ stream, lastSeq: Number(data.lastSeq), go: () => go.newest() });
  const waiting = bubbles({ rules, acts: box, toNewest: () => go.newest({ quietly: true }) });
  composer({
    form,
    room: data.room,
    send(item) {
      waiting.begin(item);
      box.add(item).then(half.sent); // in the one place before it leaves the other
    },
  });
  const half = drafting({ field: form.elements.body, room: data.room, drafts });
  actions({ stream, field: form.elements.body, take });
  const lookAtEdges = edges({ rules, room: data.room, stream, list, take: takeAll, drain: missing.now, lost: lose });
  const read = reading({ stream, room: data.room, socket, newest: () => below.newest, goTo: go.seq });
  days({ stream, since: go.since });
  const back = returning({ stream, go });
  permalinks({ stream, room: data.room, go: go.message, push: back.push });
  below.draw();

  const meant = back.there ? null : messageIn(location, data.room);
  if (meant) go.message(meant).then((there) => there === false && toast(word("noSuchMessage")));
  // On a desk one comes to write; on touch a keyboard would jump up.
  else if (matchMedia("(pointer: fine)").matches) half.goOn();

  return {
    lose,
    lost: () => lost,
    typed: () => typed().length > 0,
    /** What is half-typed here is another, elsewhere. */
    drafted: () => !lost && half.show(),
    /** What delivering needs to know of the room. */
    shown: { room: data.room, arrived, take, kept: missing.expect },
    /** What waits in the person's outbox. */
    waiting: (items) => !lost && waiting.draw(items.filter((item) => item.room === data.room)),
    frame: (html) => take(parse(html)),
    /** Read up to there, in another tab perhaps. */
    read: read.known,
    /** How far was read, to a server that may not know. */
    tellAgain: () => !lost && read.again(),
    /** @return a promise of the time when what the room held at `version` is here */
    upTo: (version) => !lost && rules.held < version && missing.now(),
    /** A beat without the room means that we may not hear it any longer: the server says so when asked. */
    beat: (version) => !lost && (version === null || rules.beat(version).ask) && missing.now(), // a promise, if it asks
  };
}
