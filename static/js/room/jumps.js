/** Jumps in the room: to a message, a day, an earlier scroll position or the newest message. */
import { fetchMessages } from "./message-page.js";
import { toSignIn } from "../core/sign-in.js";
import { toast } from "../core/toasts.js";
import { messageRow, offsetOf, storedMessages, reachesNewest, rowAt, scrollBy, seqOf } from "./window.js";
import { word } from "../core/words.js";

/**
 * @param show called as show(rows, verdicts, drain) when the window is replaced
 * @param lost called when the user is no longer in the room
 */
export function jumps({ rules, room, stream, show, lost, signal }) {
  let lastRequest = 0;
  signal.addEventListener("abort", () => { lastRequest += 1; });
  stream.dataset.marks = ""; // from now on the script marks messages, not :target

  /** Replace the window by a part of the room. Only the last request counts. */
  async function fetchPart(query, { quietly = false } = {}) {
    lastRequest += 1;
    const request = lastRequest;
    stream.setAttribute("aria-busy", "true");
    try {
      const { status, page, seq } = await fetchMessages(room, query);
      if (request !== lastRequest) return null;
      if (status === 401) return toSignIn();
      if (status === 404) return { absent: true };
      if (!page) throw new Error(`a part of the room was answered ${status}`);
      const { verdicts, drain } = rules.replace(page);
      show(page.rows, verdicts, drain);
      return { seq };
    } catch {
      if (!quietly) toast(word("noAnswer"));
      return null;
    } finally {
      if (request === lastRequest) stream.removeAttribute("aria-busy");
    }
  }

  function mark(row) {
    for (const old of stream.querySelectorAll("[data-marked]")) delete old.dataset.marked;
    if (row) row.dataset.marked = "";
  }

  /** Scroll to a row and focus it, for keyboards and screen readers. */
  function goTo(row, block) {
    lastRequest += 1; // earlier requests are outdated
    row.tabIndex = -1;
    stream.dataset.leading = "";
    row.focus({ preventScroll: true });
    delete stream.dataset.leading;
    row.scrollIntoView({ block });
    return row;
  }

  async function toSeq(wanted, block = "start") {
    if (!rowAt(wanted)) {
      const found = await fetchPart(`around=${wanted}`);
      if (!found) return null;
      if (found.absent) return lost();
    }
    // The message may be gone from the history: then the next one.
    const row = rowAt(wanted) ?? storedMessages().find((each) => seqOf(each) > wanted);
    return row ? goTo(row, block) : null;
  }

  return {
    /** @return the row with that seq, or the next one; null if the request failed */
    toSeq,

    /** Jump to a message by its id or seq, and mark it. @return whether it is in this room; null if the request failed */
    async toMessage(wanted) {
      const here = () => rowAt(wanted) ?? messageRow(wanted);
      const found = here() ? {} : await fetchPart(`around=${wanted}`);
      if (!found) return null;
      const row = found.absent ? null : here();
      mark(row);
      if (row) goTo(row, "center");
      return Boolean(row);
    },

    /** Jump to the first message since midnight of a day, or to the last message. @return its row; null if there is none */
    async toMoment(midnight) {
      const found = await fetchPart(`on=${encodeURIComponent(midnight.toISOString())}`);
      if (!found) return null;
      if (found.absent) return lost();
      const row = found.seq === null ? storedMessages().at(-1) : rowAt(found.seq);
      mark(null);
      return row ? goTo(row, "start") : null;
    },

    async toNewest(options) {
      lastRequest += 1;
      const found = reachesNewest() ? {} : await fetchPart("newest", options);
      if (found?.absent) return lost();
      mark(null);
      stream.scrollTo({ top: 0 });
      return undefined;
    },

    /** Restore a scroll position: a message `offset` pixels below the upper edge of the view. */
    async toPosition({ seq: wanted, offset }) {
      if (!rowAt(wanted)) await fetchPart(`around=${wanted}`, { quietly: true });
      const row = rowAt(wanted);
      if (row) scrollBy(offsetOf(row) - offset);
    },
  };
}
