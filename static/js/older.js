/** Older messages, as the reader comes near the oldest that is here. */
import { parse } from "./fragments.js";
import { at, get } from "./net.js";
import { toSignIn } from "./signin.js";

const AHEAD = "600px";
const AGAIN_AFTER = 3000;

/**
 * @param take called as take(rows, verdicts)
 * @param drain called when what came must be brought up to date
 * @param lost called when the room is not ours any longer
 * @return to be called when the window was replaced: there may be something older again
 */
export function older({ rules, room, stream, list, take, drain, lost }) {
  let loading = false;
  const sentinel = document.createElement("div");
  list.before(sentinel);

  async function load() {
    if (loading || rules.atStart) return;
    loading = true;
    stream.setAttribute("aria-busy", "true");
    let failed = true;
    try {
      const before = rules.low;
      const answer = await get(at(`rooms/${room}/messages/?before=${before ?? 1}`));
      if (answer.status === 401) return toSignIn();
      if (answer.status === 404) return lost();
      if (!answer.ok) return undefined;
      const rows = parse(await answer.text());
      const result = rules.history({
        before,
        version: Number(answer.headers.get("Chat-Version")),
        rows,
        atStart: answer.headers.has("Chat-At-Start"),
      });
      take(rows, result.verdicts);
      document.body.dataset.atStart = rules.atStart ? "1" : "";
      if (result.drain) drain();
      failed = false;
    } catch {
      // No network: asked again below, if the reader is still near.
    } finally {
      loading = false;
      stream.removeAttribute("aria-busy");
      if (failed) setTimeout(watch, AGAIN_AFTER);
      else watch();
    }
    return undefined;
  }

  const observer = new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && load(),
    { root: stream, rootMargin: AHEAD },
  );

  /** Look anew: a reader who is near already does not come near, and a short page does not scroll. */
  function watch() {
    observer.unobserve(sentinel);
    if (!rules.atStart) observer.observe(sentinel);
  }

  watch();
  return watch;
}
