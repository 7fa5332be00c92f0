/** Brings rows into the page: those that the rules say "apply" to. Whatever their kind, they come by one of three ways. */
import { drawDividers } from "./dividers.js";
import { applyRow, clearRows, rowReceived } from "./row-kinds.js";
import { atNewest, clearMessages, keepScrollPosition, offsetOf, seqOf, topRow, trimMessages } from "./window.js";

const data = document.body.dataset;

/**
 * @param rules the page's rules
 * @param on {gap(), startedOver(), changed(), toPosition(position)}: a change is missing; all rows are other ones; rows came or
 *   went; the reader was at this message, which has left the page
 */
export function rowUpdates({ rules, on }) {
  function apply(rows, verdicts) {
    // What has just left the window is not put in again.
    rows.forEach((row, number) => verdicts[number] === "apply" && rules.rows.has(row.key) && applyRow(row));
    // Where the window ends, for the style sheets and for whoever asks whether it reaches the newest message.
    data.atStart = rules.atStart ? "1" : "";
    data.atEnd = rules.high === null ? "1" : "";
  }

  function received(rows, verdicts) {
    rows.forEach((row, number) => verdicts[number] !== "ignore" && rowReceived(row));
    on.changed();
  }

  /** Rows of an answer, or of more messages at one end of the window. */
  function take(rows, verdicts, startOver = false) {
    const top = startOver && !atNewest() ? topRow() : null;
    const offset = top && offsetOf(top);
    keepScrollPosition(() => {
      if (startOver) clearRows(keysOf(rows));
      const trimmed = trimMessages(rows.length);
      if (trimmed) rules.trim(trimmed);
      apply(rows, verdicts);
    });
    if (startOver) on.startedOver();
    received(rows, verdicts);
    // Whoever was reading further up goes on there.
    if (top?.dataset.seq && !top.isConnected) on.toPosition({ seq: seqOf(top), offset });
  }

  return {
    take,

    /** The reader went elsewhere: these messages are the window. */
    replaceWindow(rows, verdicts) {
      clearMessages(keysOf(rows));
      apply(rows, verdicts);
      drawDividers();
      received(rows, verdicts);
    },

    /** Rows that came alone: a frame, or the answer to a write of ours. */
    takeFrame(rows) {
      let gap = false;
      const verdicts = rows.map((row) => {
        const decided = rules.frame(row);
        gap = decided.gap;
        return decided.verdict;
      });
      take(rows, verdicts);
      if (gap) on.gap();
    },
  };
}

const keysOf = (rows) => new Set(rows.map((row) => row.key));
