/** How far the reader has come: told once a second at most, and the last is never swallowed. */
import { at, post } from "./net.js";
import { read } from "./sidebar.js";
import { atNewest, highestSeq } from "./window.js";

const EVERY = 1000;

export function reading({ stream, room, socket }) {
  let told = 0;
  let timer = 0;

  function tell() {
    timer = 0;
    const seq = highestSeq();
    if (document.hidden || !document.hasFocus() || !atNewest() || seq <= told) return;
    told = seq;
    read(room, seq);
    if (!socket().send({ type: "read", seq })) {
      post(at(`rooms/${room}/read/`), { seq }).catch(() => { told = 0; });
    }
    timer = setTimeout(tell, EVERY);
  }

  const soon = () => { timer ||= setTimeout(tell, 50); };
  stream.addEventListener("scroll", soon, { passive: true });
  addEventListener("focus", soon);
  document.addEventListener("visibilitychange", soon);
  soon();
  return soon;
}
