/** Messages of people one has blocked: folded away by the page's own sheet, and unfolded one by one. */
import { afterSwap } from "../core/htmx.js";
import { copyOf } from "../core/words.js";

const sheet = document.getElementById("blocked-sheet").sheet;
const known = () => document.getElementById("blocked")?.dataset.people.split(" ").filter(Boolean) ?? [];

let blocked = new Set(known());
const unfolded = new Set(); // ids of rows, which may leave the page and come back

/** Give a message that is folded a button to show it. */
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

// The list of rooms is fetched whenever something of one's own is another, in any tab; it says who is blocked.
afterSwap((target) => {
  if (target.id !== "places") return;
  blocked = new Set(known());
  const theirs = ["0", ...blocked].map((id) => `[data-author="${id}"], [data-by="${id}"]`).join(", ");
  sheet.cssRules[0].selectorText = `:is(.message:not([data-unfolded]), .place__last):is(${theirs})`;
  for (const row of document.querySelectorAll("#messages > .message")) fold(row);
});
