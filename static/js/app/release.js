/** The server has a newer release than this page: the page keeps working, and reloads when that disturbs nobody. */
import { typedAnywhere } from "../core/fields.js";
import { afterAnswer } from "../core/htmx.js";
import { showToast } from "../core/toasts.js";
import { copyOf } from "../core/words.js";
import { atNewest } from "../room/window.js";

const { release } = document.body.dataset;
const RELOADED = "reloaded-for";
let newest = release;

/** Whether a reload would lose typed text or the scroll position. */
function busy() {
  return typedAnywhere()
    || document.querySelector("dialog[open], [data-editing]") !== null
    || (document.body.dataset.room && !atNewest());
}

/** Once per release: during a rolling update, the next page may be from the old release again. */
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
  showToast(note);
}

afterAnswer((header) => {
  const serverRelease = header("Chat-Release");
  if (!release || !serverRelease || serverRelease === newest) return;
  newest = serverRelease;
  if (serverRelease === release) document.getElementById("new-release")?.remove();
  else {
    offer();
    reloadUnseen();
  }
});
document.addEventListener("visibilitychange", reloadUnseen);
