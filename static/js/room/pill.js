/** The pill below: how many arrived where the reader does not look, and the way to the newest. */
import { atNewest, reachesNewest } from "./window.js";

const FAR = 1.5; // views above the newest from which there is a way back

/** @param go leads to the newest */
export function pill({ stream, lastSeq, go }) {
  const element = document.getElementById("pill");
  const words = element.querySelector(".pill__words");
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

  element.addEventListener("click", go);
  stream.addEventListener("scroll", draw, { passive: true });

  return {
    draw,
    /** There is a message with this seq; one's own is nothing new. */
    arrived(seq, mine) {
      newest = Math.max(newest, seq);
      if (mine) seen = Math.max(seen, seq);
    },
    get newest() {
      return newest;
    },
  };
}
