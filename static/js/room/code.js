/** A copy button on each code block, and names of what scrolls sideways: fragments have none, since they know no language. */
import { copy } from "../core/clipboard.js";
import { copyOf, word } from "../core/words.js";

export function addCopyButtons(root) {
  for (const bar of root.querySelectorAll(".code__bar:not(:has(button))")) bar.append(copyOf("t-copy"));
}

/** The keyboard's focus stops there, so that the arrows scroll it. */
export function nameScrollers(root) {
  for (const scroller of root.querySelectorAll(".message__text :is(.code > pre, .table)")) {
    scroller.role = "group";
    scroller.ariaLabel = word(scroller.matches("pre") ? "code" : "table");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action='copy-code']");
  if (button) copy(button.closest(".code").querySelector("code").textContent);
});
