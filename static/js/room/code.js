/** A copy button on each code block. */
import { copy } from "../core/clipboard.js";
import { copyOf } from "../core/words.js";

export function addCopyButtons(root) {
  for (const bar of root.querySelectorAll(".code__bar:not(:has(button))")) bar.append(copyOf("t-copy"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action='copy-code']");
  if (button) copy(button.closest(".code").querySelector("code").textContent);
});
