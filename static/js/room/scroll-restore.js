/** Restores the scroll position on reload, back and forward: each history entry stores it. */
import { listeningUntil } from "../core/listening.js";
import { addEntry } from "../core/overlays.js";
import { atNewest, offsetOf, topRow } from "./window.js";

const SAVE_EVERY = 250; // milliseconds: browsers limit how often history.replaceState may be called

/** History entries of the previous release have the position under its older name. */
const positionIn = (state) => state?.position ?? state?.place;

/**
 * @param go the room's jumps
 * @return {restoring: whether a position is being restored, position(): where the reader is, save(): stores that,
 *   push(url): adds a history entry before a jump}
 */
export function scrollRestore({ stream, go, signal }) {
  const listen = listeningUntil(signal);
  let timer = 0;

  /** @return {seq, offset} for jumps, {newest}, or undefined where nothing is stored by the server */
  function position() {
    if (atNewest()) return { newest: true };
    const row = topRow();
    return row?.dataset.seq ? { seq: Number(row.dataset.seq), offset: offsetOf(row) } : undefined;
  }

  function save() {
    clearTimeout(timer);
    timer = 0;
    const here = position();
    // At the newest message, the address must not name another message.
    if (here) history.replaceState({ ...history.state, position: here }, "", here.newest ? location.pathname : undefined);
  }

  async function restore(stored) {
    if (stored?.newest) await go.toNewest({ quietly: true });
    else if (stored) await go.toPosition(stored);
  }

  const initial = positionIn(history.state);
  if (initial) {
    stream.dataset.returning = "";
    restore(initial).finally(() => { delete stream.dataset.returning; });
  }

  listen(stream, "scroll", () => { timer ||= setTimeout(save, SAVE_EVERY); }, { passive: true });
  listen(document, "click", (event) => timer && event.target.closest("a[href]") && save(), { capture: true });
  listen(window, "pagehide", () => timer && save());
  listen(window, "popstate", (event) => restore(positionIn(event.state)));

  signal.addEventListener("abort", () => clearTimeout(timer));

  return {
    restoring: Boolean(initial),
    position,
    save,
    push(url) {
      save();
      addEntry(url);
    },
  };
}
