/**
 * The reading position: messages in view count as read if none is skipped. It is sent to the server at most once a second, and
 * the last one always. If a room has more new messages than fit, the page offers a jump to the first of them.
 */
import { drawDividers } from "./dividers.js";
import { registerHooks } from "../core/hooks.js";
import { listeningUntil } from "../core/listening.js";
import { at, post } from "../core/net.js";
import { markRead } from "../sidebar/sidebar.js";
import { shortTime } from "../core/times.js";
import { atNewest, offsetOf, storedMessages, rowAt, seqOf } from "./window.js";

const SEND_EVERY = 1000;
const RETRY_AFTER = 5000;
const MIN_VISIBLE = 24; // pixels of a message in view for it to count as seen

/**
 * @param newest returns the seq of the room's last known message
 * @param goTo jumps to the message with a seq
 * @param signal an AbortSignal of the time when another room is shown
 */
export function reading({ stream, room, socket, newest, goTo, signal }) {
  const data = document.body.dataset;
  const missed = document.getElementById("missed");
  const words = missed.querySelector(".missed__words");
  let seen = Number(data.newAfter);
  let sent = seen; // to the server
  let timer = 0;
  let checking = 0;
  const listen = listeningUntil(signal);

  function inView() {
    const rows = storedMessages();
    const first = rows.find((row) => offsetOf(row) + row.offsetHeight > MIN_VISIBLE);
    const last = atNewest() ? rows.at(-1) : rows.findLast((row) => offsetOf(row) < stream.clientHeight - MIN_VISIBLE);
    return first && last && { first: seqOf(first), last: seqOf(last) };
  }

  function check() {
    checking = 0;
    const view = inView();
    const joins = view && view.first <= seen + 1;
    if (joins && !document.hidden && document.hasFocus()) upTo(view.last);
    offer(Boolean(view) && !joins && seen < newest() && view.first > seen);
  }

  function upTo(seq) {
    seen = Math.max(seen, seq);
    if (seen > sent) timer ||= setTimeout(send, 0);
  }

  function send() {
    timer = 0;
    if (seen <= sent) return;
    const seq = seen;
    sent = seq;
    markRead(room, seq);
    timer = setTimeout(send, SEND_EVERY);
    if (signal.aborted || !socket().send({ type: "read", seq }, room)) sendByRequest(seq);
  }

  /** Retried later when offline, or while a part of the server is unavailable. */
  async function sendByRequest(seq) {
    const answer = await post(at(`rooms/${room}/read/`), { seq }).catch(() => null);
    if (answer && answer.status < 500) return;
    sent = Math.min(sent, seq - 1);
    clearTimeout(timer);
    timer = setTimeout(send, RETRY_AFTER);
  }

  /** Show how many unread messages are further up, and since when. */
  function offer(visible) {
    if (!visible) {
      missed.hidden = true;
      return;
    }
    const count = newest() - seen;
    const first = rowAt(seen + 1)?.querySelector("time").dateTime ?? (seen === Number(data.newAfter) ? data.newSince : null);
    const kind = `${count === 1 ? "one" : "many"}${first ? "Since" : ""}`;
    const text = missed.dataset[kind].replace("{n}", count).replace("{time}", first && shortTime(new Date(first)));
    if (words.textContent !== text) words.textContent = text;
    missed.hidden = false;
  }

  listen(missed.querySelector(".missed__go"), "click", async () => {
    data.newAfter = seen; // moves the divider before new messages
    drawDividers();
    const row = await goTo(seen + 1);
    if (row) seen = Math.max(seen, seqOf(row) - 1);
    checkSoon();
  });
  listen(missed.querySelector(".missed__read"), "click", () => {
    upTo(newest());
    missed.hidden = true;
    stream.focus({ preventScroll: true });
  });

  const checkSoon = () => { checking ||= setTimeout(check, 50); };
  listen(stream, "scroll", checkSoon, { passive: true });
  listen(window, "focus", checkSoon);
  listen(window, "resize", checkSoon);
  listen(document, "visibilitychange", checkSoon);
  checkSoon();

  /** Read in another tab or on another device, or by posting: whoever posts has read everything before. */
  function readElsewhere(seq) {
    seen = Math.max(seen, seq);
    sent = Math.max(sent, seq);
    checkSoon();
  }
  registerHooks({
    messages: { read: ({ room: id, seq }) => id === room && readElsewhere(seq) },
    latest: { read: (seqs) => room in seqs && readElsewhere(seqs[room]) },
  }, signal);
  signal.addEventListener("abort", () => {
    clearTimeout(checking);
    missed.hidden = true;
  });

  return {
    /** To be called when rows changed. */
    check,
    /** Send what was read, while the socket still shows the room. */
    flush: send,
    get seen() {
      return seen;
    },
    /** After an outage, or after a backup was restored: the server may have lost the last position. */
    resend() {
      sent = 0;
      checkSoon();
    },
    markRead: readElsewhere,
  };
}
