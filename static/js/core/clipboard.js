/** Copies text, and says whether that worked. */
import { toast } from "./toasts.js";
import { word } from "./words.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(word("copied"));
  } catch {
    toast(word("notCopied")); // plain HTTP on a home network has no clipboard
  }
}
