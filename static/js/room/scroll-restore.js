/** Reload, back and forward lead to where one was in the room: each entry of the history remembers the scroll position. */
import { atNewest, offsetOf, topRow } from "./window.js";

const EVERY = 250; // milliseconds: browsers refuse to be told more often than some times a second

/**
 * @param go the room's jumps
 * @return {restoring: whether a position is being returned to, push(url): the reader goes elsewhere, and may come back}
 */
export function scrollRestore({ stream, go }) {
  let timer = 0;

  function position() {
    if (atNewest()) return { newest: true };
    const row = topRow();
    return row?.dataset.seq ? { seq: Number(row.dataset.seq), offset: Math.round(offsetOf(row)) } : undefined;
  }

  function note() {
    clearTimeout(timer);
    timer = 0;
    const here = position();
    // The address of one message is not that of the newest.
    if (here) history.replaceState({ ...history.state, place: here }, "", here.newest ? location.pathname : undefined);
  }

  async function restore(state) {
    if (!state?.place) return;
    if (state.place.newest) await go.toNewest({ quietly: true });
    else await go.toPosition(state.place);
  }

  const before = history.state;
  if (before?.place) {
    stream.dataset.returning = "";
    restore(before).finally(() => { delete stream.dataset.returning; });
  }

  stream.addEventListener("scroll", () => { timer ||= setTimeout(note, EVERY); }, { passive: true });
  document.addEventListener("click", (event) => timer && event.target.closest("a[href]") && note(), { capture: true });
  addEventListener("pagehide", () => timer && note());
  addEventListener("popstate", (event) => restore(event.state));

  return {
    restoring: Boolean(before?.place),
    push(url) {
      note();
      history.pushState(null, "", url);
    },
  };
}
