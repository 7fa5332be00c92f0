/** A copy button on each code block. */
import { copyOf, word } from "../core/words.js";
import { toast } from "../core/toasts.js";

export function addCopyButtons(root) {
  for (const bar of root.querySelectorAll(".code__bar:not(:has(button))")) bar.append(copyOf("t-copy"));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(word("copied"));
  } catch {
    toast(word("notCopied")); // plain HTTP on a home network has no clipboard
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action='copy-code']");
  if (button) copy(button.closest(".code").querySelector("code").textContent);
});
