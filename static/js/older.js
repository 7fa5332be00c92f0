/** Older messages, as the reader comes near the oldest that is here. */
import { parse } from "./fragments.js";
import { get } from "./net.js";
import { lowestSeq } from "./window.js";

const AHEAD = "600px";

/** @param take called as take(rows, verdicts); @param drain called when what came must be brought up to date */
export function older({ rules, room, stream, list, take, drain }) {
  let loading = false;
  const sentinel = document.createElement("div");
  list.before(sentinel);

  async function load() {
    if (loading || rules.atStart) return;
    loading = true;
    stream.setAttribute("aria-busy", "true");
    try {
      const answer = await get(`/rooms/${room}/messages/?before=${lowestSeq() || 1}`);
      if (!answer.ok) return;
      const rows = parse(await answer.text());
      const result = rules.history({
        version: Number(answer.headers.get("Chat-Version")),
        rows,
        atStart: answer.headers.has("Chat-At-Start"),
      });
      take(rows, result.verdicts);
      document.body.dataset.atStart = rules.atStart ? "1" : "";
      if (result.drain) drain();
    } catch {
      // Scrolling again asks again.
    } finally {
      loading = false;
      stream.removeAttribute("aria-busy");
      // Still near: a short page does not scroll, so nothing would call again.
      observer.unobserve(sentinel);
      if (!rules.atStart) observer.observe(sentinel);
    }
  }

  const observer = new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && load(),
    { root: stream, rootMargin: AHEAD },
  );
  observer.observe(sentinel);
}
