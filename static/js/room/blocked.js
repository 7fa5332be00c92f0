/** Messages of blocked people: the page's own style sheet folds them, and each can be unfolded. */
import { afterSwap } from "../core/htmx.js";
import { copyOf } from "../core/words.js";

const sheet = document.getElementById("blocked-sheet").sheet;
const blockedIds = () => document.getElementById("blocked")?.dataset.people.split(" ").filter(Boolean) ?? [];

let blocked = new Set(blockedIds());
/** @param author the id of a person, as rows have it */
export const isBlocked = (author) => blocked.has(author);

const unfolded = new Set(); // ids of rows, which may be trimmed and loaded again

/** Give a folded message a button to show it. */
export function fold(row) {
  if (unfolded.has(row.id)) row.dataset.unfolded = "";
  if (!blocked.has(row.dataset.author) || row.querySelector(":scope > .fold")) return;
  const button = copyOf("t-fold");
  button.addEventListener("click", () => {
    unfolded.add(row.id);
    row.dataset.unfolded = "";
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  });
  row.append(button);
}

// The room list is reloaded whenever the user's own data changes, in any tab; it says who is blocked.
afterSwap((target) => {
  if (target.id !== "places") return;
  blocked = new Set(blockedIds());
  const selector = ["0", ...blocked].map((id) => `[data-author="${id}"], [data-by="${id}"]`).join(", ");
  sheet.cssRules[0].selectorText = `:is(.message:not([data-unfolded]), .place__last):is(${selector})`;
  for (const row of document.querySelectorAll("#messages > .message")) fold(row);
});
