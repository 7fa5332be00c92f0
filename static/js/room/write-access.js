/** Whether the user may write here. The room's title has the rules for everybody, the room's row in the list the user's silence. */
import { afterSwap } from "../core/htmx.js";
import { LONGEST_TIMER } from "../core/pause.js";
import { wholeTime } from "../core/times.js";

export function writeAccess({ room, dock, signal }) {
  let timer = 0;

  function showSilence() {
    const until = document.getElementById(`place-${room}`)?.dataset.silencedUntil;
    const left = until ? new Date(until) - Date.now() : 0;
    dock.toggleAttribute("data-silenced", left > 0);
    clearTimeout(timer);
    if (left <= 0) return;
    const time = dock.querySelector(".dock__silenced time");
    time.dateTime = until;
    time.textContent = wholeTime(new Date(until));
    timer = setTimeout(showSilence, Math.min(left, LONGEST_TIMER));
  }

  afterSwap((target) => target.id === "places" && showSilence(), signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
  showSilence();

  return {
    /** The room's title was replaced. */
    titleChanged({ archived, keepersOnly: moderatorsOnly, slow }) {
      dock.toggleAttribute("data-archived", archived !== undefined);
      dock.toggleAttribute("data-keepers-only", moderatorsOnly !== undefined);
      for (const words of document.getElementById("slow").children) words.hidden = words.dataset.seconds !== slow;
    },
  };
}
