/** Handles messages that the room's retention has removed. */
import { type } from "../composer/composer.js";
import { abandonedEdits } from "./editing.js";
import { toast } from "../core/toasts.js";
import { word } from "../core/words.js";

const data = document.body.dataset;

/**
 * Show how long the room keeps messages, from the attributes of its title: in the details, and above the first message if older
 * ones are gone.
 */
export function showRetention({ first, days }) {
  for (const element of document.querySelectorAll("[data-kept-for]")) {
    const { day, many, year } = element.dataset;
    element.textContent = days === undefined ? "" : { 1: day, 365: year }[days] ?? many.replace("{n}", days);
  }
  const gone = Number(first) > 1;
  document.getElementById("begin").hidden = gone;
  document.getElementById("begin-later").hidden = !gone;
}

/**
 * The messages before the seq `first` are gone. They no longer count as new, and the text of an unfinished edit moves into the
 * composer.
 */
export function expire(first, field) {
  const edits = abandonedEdits(first);
  if (edits.length) {
    type(field, [field.value, ...edits].filter((text) => text.trim()).join("\n\n"));
    toast(word("editGone"));
  }
  if (!Number(data.newAfter) || first - 1 <= Number(data.newAfter)) return;
  data.newAfter = first - 1;
  delete data.newSince;
}
