/** The pill below the messages: counts those that arrived out of view, and jumps to the newest. */
import { listeningUntil } from "../core/listening.js";
import { atNewest, reachesNewest } from "./window.js";

const FAR = 1.5; // heights of the view above the newest message, from which the pill is shown

/** @param go jumps to the newest message */
export function pill({ stream, lastSeq, go, signal }) {
  const element = document.getElementById("pill");
  const words = element.querySelector(".pill__words");
  const listen = listeningUntil(signal);
  let newest = lastSeq;
  let seen = lastSeq;

  const far = () => !reachesNewest() || -stream.scrollTop > FAR * stream.clientHeight;

  function draw() {
    const here = atNewest();
    if (here) seen = newest;
    const count = newest - seen;
    const text = { 0: element.dataset.none, 1: element.dataset.one }[count] ?? element.dataset.many.replace("{n}", count);
    if (words.textContent !== text) words.textContent = text;
    const hidden = here || (count === 0 && !far());
    if (hidden && element === document.activeElement) stream.focus({ preventScroll: true });
    element.hidden = hidden;
  }

  listen(element, "click", go);
  listen(stream, "scroll", draw, { passive: true });

  return {
    draw,
    /** A message arrived; the user's own do not count as unseen. */
    arrived(seq, mine) {
      newest = Math.max(newest, seq);
      if (mine) seen = Math.max(seen, seq);
    },
    get newest() {
      return newest;
    },
  };
}
