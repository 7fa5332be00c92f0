/** Opens and closes panes and dialogs. */
import { onKey } from "../core/keys.js";
import { afterDone, afterSwap } from "../core/htmx.js";
import { addOverlay } from "../core/overlays.js";

const app = document.querySelector(".app");
const dialog = document.getElementById("dialog");

let detailsClosed = () => {};
const areDetailsOpen = () => document.getElementById("details")?.hidden === false;

function toggleDetails() {
  const details = document.getElementById("details");
  const toggle = document.getElementById("details-toggle");
  const open = details.hidden;
  details.hidden = !open;
  app.dataset.pane = open ? "details" : "room";
  toggle.setAttribute("aria-expanded", String(open));
  if (open) details.focus(); else toggle.focus();
  if (open) detailsClosed = addOverlay(() => { if (areDetailsOpen()) toggleDetails(); }); else detailsClosed();
}

// What is open above the details, or inside them, has Escape first.
onKey(document, (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], :popover-open:not(.tooltip)")) return;
  if (areDetailsOpen() && !event.target.closest?.("form[data-edit]")) toggleDetails();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toggle='details']") && document.getElementById("details")) {
    event.preventDefault();
    toggleDetails();
  }
  if (event.target.closest("dialog [data-action='close']")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  }
  // A drag that ends outside the dialog, such as a text selection, is not a click on the backdrop.
  if (event.target.matches("dialog") && pressed === event.target) event.target.close();
});

let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; });

// Where another page is on its way, not before this one goes: to leave a phone's entry in the history would call it off.
afterDone((element, goes) => {
  if (!dialog.contains(element)) return;
  if (goes) addEventListener("pagehide", () => dialog.close(), { once: true });
  else dialog.close();
});

afterSwap((target) => {
  if (target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
});
