/** Loads older and newer messages as the user scrolls near an end of the window. */
import { fetchMessages } from "./message-page.js";
import { toSignIn } from "../core/sign-in.js";

const MARGIN = "600px";
const RETRY_AFTER = 3000;

/**
 * @param take called as take(rows, verdicts)
 * @param drain called when the loaded messages may be outdated
 * @param lost called when the user is no longer in the room
 * @return to be called when the window was replaced: there may be more messages beyond an end again
 */
export function edges({ rules, room, stream, list, take, drain, lost, signal }) {
  const older = {
    mark: document.createElement("div"),
    loading: false,
    more: () => !rules.atStart,
    from: () => rules.low,
    query: (from) => `before=${from ?? 1}`,
    join: (before, page) => rules.history({ before, ...page }),
  };
  const newer = {
    mark: document.createElement("div"),
    loading: false,
    more: () => rules.high !== null,
    from: () => rules.high,
    query: (from) => `after=${from}`,
    join: (after, page) => rules.newer({ after, ...page }),
  };
  const ends = [older, newer];
  list.before(older.mark);
  list.after(newer.mark);

  async function load(end) {
    if (end.loading || !end.more()) return;
    end.loading = true;
    if (end === older) stream.setAttribute("aria-busy", "true");
    let failed = true;
    try {
      const from = end.from();
      const { status, page } = await fetchMessages(room, end.query(from));
      if (signal.aborted) return undefined; // another room is shown
      if (status === 401) return toSignIn();
      if (status === 404) return lost();
      if (!page) return undefined;
      const { verdicts, drain: wanted } = end.join(from, page);
      take(page.rows, verdicts);
      if (wanted) drain();
      failed = false;
    } catch {
      // No network: retried below, if the user is still near.
    } finally {
      end.loading = false;
      if (end === older) stream.removeAttribute("aria-busy");
      if (failed) setTimeout(watch, RETRY_AFTER);
      else watch();
    }
    return undefined;
  }

  const observer = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && load(ends.find((end) => end.mark === entry.target))),
    { root: stream, rootMargin: MARGIN },
  );

  signal.addEventListener("abort", () => {
    observer.disconnect();
    for (const { mark } of ends) mark.remove();
  });

  /** Observe again: an observer does not report a mark that stays in view, and a short page does not scroll. */
  function watch() {
    if (signal.aborted) return;
    for (const end of ends) {
      observer.unobserve(end.mark);
      if (end.more()) observer.observe(end.mark);
    }
  }

  watch();
  return watch;
}
