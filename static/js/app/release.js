/** A newer release on the server than the one this page is of: it goes on working, and is loaded anew when nobody minds. */
import { typedAnywhere } from "../core/fields.js";
import { afterAnswer } from "../core/htmx.js";
import { copyOf } from "../core/words.js";
import { atNewest } from "../room/window.js";

const { release } = document.body.dataset;
const RELOADED = "reloaded-for";
let newest = release;

/** Whether something would be lost, or a place in the text. */
function busy() {
  return typedAnywhere()
    || document.querySelector("dialog[open], [data-editing]") !== null
    || (document.getElementById("stream") && !atNewest());
}

/** Once for each release: while several servers are being replaced, the next page may be of the old one again. */
function reloadUnseen() {
  if (newest === release || !document.hidden || busy() || sessionStorage.getItem(RELOADED) === newest) return;
  sessionStorage.setItem(RELOADED, newest);
  location.reload();
}

function offer() {
  if (document.getElementById("new-release")) return;
  const note = copyOf("t-new-release");
  note.querySelector("[data-action='reload']").addEventListener("click", () => location.reload());
  note.querySelector("[data-action='later']").addEventListener("click", () => note.remove());
  document.getElementById("toasts").append(note);
}

afterAnswer((header) => {
  const said = header("Chat-Release");
  if (!release || !said || said === newest) return;
  newest = said;
  if (said === release) document.getElementById("new-release")?.remove();
  else {
    offer();
    reloadUnseen();
  }
});
document.addEventListener("visibilitychange", reloadUnseen);
