/** Restores the scroll position on reload, back and forward: each history entry stores it. */
import { atNewest, offsetOf, topRow } from "./window.js";

const SAVE_EVERY = 250; // milliseconds: browsers limit how often history.replaceState may be called

/**
 * @param go the room's jumps
 * @return {restoring: whether a position is being restored, push(url): adds a history entry before a jump}
 */
export function scrollRestore({ stream, go }) {
  let timer = 0;

  function position() {
    if (atNewest()) return { newest: true };
    const row = topRow();
    return row?.dataset.seq ? { seq: Number(row.dataset.seq), offset: Math.round(offsetOf(row)) } : undefined;
  }

  function save() {
    clearTimeout(timer);
    timer = 0;
    const here = position();
    // At the newest message, the address must not name another message.
    if (here) history.replaceState({ ...history.state, place: here }, "", here.newest ? location.pathname : undefined);
  }

  async function restore(state) {
    if (!state?.place) return;
    if (state.place.newest) await go.toNewest({ quietly: true });
    else await go.toPosition(state.place);
  }

  const initial = history.state;
  if (initial?.place) {
    stream.dataset.returning = "";
    restore(initial).finally(() => { delete stream.dataset.returning; });
  }

  stream.addEventListener("scroll", () => { timer ||= setTimeout(save, SAVE_EVERY); }, { passive: true });
  document.addEventListener("click", (event) => timer && event.target.closest("a[href]") && save(), { capture: true });
  addEventListener("pagehide", () => timer && save());
  addEventListener("popstate", (event) => restore(event.state));

  return {
    restoring: Boolean(initial?.place),
    push(url) {
      save();
      history.pushState(null, "", url);
    },
  };
}
