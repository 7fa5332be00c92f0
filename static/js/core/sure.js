/** Asks before an act that can't be undone. */
import { copyOf } from "./words.js";

/**
 * @param id of the dialog's template; its button with the value "yes" does it, and closing the dialog in any other way means no
 * @returns a promise of yes or no
 */
export function sure(id) {
  const dialog = copyOf(id);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
