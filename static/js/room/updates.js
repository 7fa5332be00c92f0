/** Inserts the rows with the verdict "apply" into the page. Rows of every kind come in one of three ways. */
import { drawDividers } from "./dividers.js";
import { applyRow, clearRows, rowReceived } from "./row-kinds.js";
import { atNewest, clearMessages, keepScrollPosition, offsetOf, seqOf, topRow, trimMessages } from "./window.js";

const data = document.body.dataset;

/**
 * @param rules the page's rules
 * @param on {gap(), startedOver(), changed(), toPosition(position)}: a change is missing; all rows were replaced; rows changed;
 *   the user was at this message, which was removed
 * @param signal an AbortSignal of the time when another room is shown: late answers are not for that one
 */
export function rowUpdates({ rules, on, signal }) {
  function apply(rows, verdicts) {
    // Rows that were just trimmed are not inserted again.
    rows.forEach((row, number) => verdicts[number] === "apply" && rules.rows.has(row.key) && applyRow(row));
    // The ends of the window, for style sheets and for reachesNewest().
    data.atStart = rules.atStart ? "1" : "";
    data.atEnd = rules.high === null ? "1" : "";
  }

  function received(rows, verdicts) {
    rows.forEach((row, number) => verdicts[number] !== "ignore" && rowReceived(row));
    on.changed();
  }

  /** Rows of a catch-up, or more messages at one end of the window. */
  function take(rows, verdicts, startOver = false) {
    if (signal.aborted) return;
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
    // The user was reading further up: stay there.
    if (top?.dataset.seq && !top.isConnected) on.toPosition({ seq: seqOf(top), offset });
  }

  return {
    take,

    /** After a jump: these messages become the window. */
    replaceWindow(rows, verdicts) {
      if (signal.aborted) return;
      clearMessages(keysOf(rows));
      apply(rows, verdicts);
      drawDividers();
      received(rows, verdicts);
    },

    /** Rows that came alone: a frame, or the answer to our own write. */
    takeFrame(rows) {
      if (signal.aborted) return;
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
