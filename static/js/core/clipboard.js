/** Copies text, and says whether that worked. */
import { toast } from "./toasts.js";
import { word } from "./words.js";

/** Some browsers let a page write only while a button is being pressed, so they take the promise. */
async function write(text) {
  if (typeof text === "string" || !window.ClipboardItem) return navigator.clipboard.writeText(await text);
  const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

/** @param text or a promise of it */
export async function copy(text) {
  try {
    await write(text);
    toast(word("copied"));
  } catch {
    toast(word("notCopied")); // plain HTTP on a home network has no clipboard
  }
}
