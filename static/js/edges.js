/** Older and newer messages, as the reader comes near an end of the window. */
import { parse } from "./fragments.js";
import { at, get } from "./net.js";
import { toSignIn } from "./signin.js";

const AHEAD = "600px";
const AGAIN_AFTER = 3000;

/**
 * @param take called as take(rows, verdicts)
 * @param drain called when what came must be brought up to date
 * @param lost called when the room is not ours any longer
 * @return to be called when the window is another: there may be something beyond an end again
 */
export function edges({ rules, room, stream, list, take, drain, lost }) {
  const older = {
    mark: document.createElement("div"),
    loading: false,
    more: () => !rules.atStart,
    from: () => rules.low,
    question: (from) => `before=${from ?? 1}`,
    join: (before, headers, page) => rules.history({ before, ...page, atStart: headers.has("Chat-At-Start") }),
  };
  const newer = {
    mark: document.createElement("div"),
    loading: false,
    more: () => rules.high !== null,
    from: () => rules.high,
    question: (from) => `after=${from}`,
    join: (after, headers, page) => rules.newer({ after, ...page, atEnd: headers.has("Chat-At-End") }),
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
      const answer = await get(at(`rooms/${room}/messages/?${end.question(from)}`));
      if (answer.status === 401) return toSignIn();
      if (answer.status === 404) return lost();
      if (!answer.ok) return undefined;
      const rows = parse(await answer.text());
      const { verdicts, drain: wanted } = end.join(from, answer.headers, { version: Number(answer.headers.get("Chat-Version")), rows });
      take(rows, verdicts);
      if (wanted) drain();
      failed = false;
    } catch {
      // No network: asked again below, if the reader is still near.
    } finally {
      end.loading = false;
      if (end === older) stream.removeAttribute("aria-busy");
      if (failed) setTimeout(watch, AGAIN_AFTER);
      else watch();
    }
    return undefined;
  }

  const observer = new IntersectionObserver(
    (entries) => entries.forEach((entry) => entry.isIntersecting && load(ends.find((end) => end.mark === entry.target))),
    { root: stream, rootMargin: AHEAD },
  );

  /** Look anew: a reader who is near already does not come near, and a short page does not scroll. */
  function watch() {
    for (const end of ends) {
      observer.unobserve(end.mark);
      if (end.more()) observer.observe(end.mark);
    }
  }

  watch();
  return watch;
}
