/** Opens and closes panes and dialogs. */
import { afterDone, afterSwap } from "../core/htmx.js";

const app = document.querySelector(".app");
const dialog = document.getElementById("dialog");

document.addEventListener("click", (event) => {
  const details = document.getElementById("details");
  if (event.target.closest("[data-toggle='details']") && details) {
    const toggle = document.getElementById("details-toggle");
    event.preventDefault();
    const open = details.hidden;
    details.hidden = !open;
    app.dataset.pane = open ? "details" : "room";
    toggle.setAttribute("aria-expanded", String(open));
    if (open) details.focus(); else toggle.focus();
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

afterDone((element) => dialog.contains(element) && dialog.close());

afterSwap((target) => {
  if (target !== dialog) return;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
});
