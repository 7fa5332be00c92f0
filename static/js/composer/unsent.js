/** Lists failed messages in rooms that the page does not show, or that the person has left. The button is beside the room list. */
import { sure } from "../core/sure.js";
import { copyOf } from "../core/words.js";

const button = document.getElementById("unsent");
let failedItems = [];
let dialog = null;

/** @param items the failed ones; @param acts {again(item), drop(id)} */
export function showUnsent(items, acts) {
  failedItems = items;
  button.hidden = !items.length;
  const words = button.querySelector("span");
  words.textContent = items.length === 1 ? words.dataset.one : words.dataset.many.replace("{n}", items.length);
  button.onclick = () => openDialog(acts);
  if (dialog) items.length ? fillDialog(acts) : dialog.close();
}

function openDialog(acts) {
  dialog = copyOf("t-unsent-list");
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    dialog = null;
  });
  dialog.querySelector("[data-action='close']").addEventListener("click", () => dialog.close());
  fillDialog(acts);
  dialog.showModal();
}

function fillDialog(acts) {
  const hadFocus = dialog.contains(document.activeElement);
  dialog.querySelector("ul").replaceChildren(...failedItems.map((item) => {
    const row = copyOf("t-unsent-item");
    const name = row.querySelector("[data-room-name]");
    name.textContent = document.getElementById(`place-${item.room}`)?.querySelector(".place__name").textContent ?? name.dataset.none;
    row.querySelector("[data-body]").textContent = item.body;
    row.querySelector("[data-reason]").textContent = item.failed;
    row.querySelector("[data-action='retry']").addEventListener("click", () => acts.again(item));
    row.querySelector("[data-action='discard']").addEventListener("click", async () => {
      if (await sure("t-discard")) acts.drop(item.id);
    });
    return row;
  }));
  if (hadFocus) dialog.querySelector("button").focus();
}
