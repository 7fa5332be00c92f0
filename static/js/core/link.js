/** A link to share: a button copies it, and focus selects all of it. */
import { copy } from "./clipboard.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copies).value));
}

for (const field of document.querySelectorAll("[data-selects]")) field.addEventListener("focus", () => field.select());
