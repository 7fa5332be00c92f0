/** The menu of a room in the list: one button, at the hovered or focused row, and one menu. */
import { neighbourOf, move } from "./favourites.js";
import { fetchRoomList } from "../core/htmx.js";
import { textOrToast } from "../core/answers.js";
import { onKey } from "../core/keys.js";
import { at, post } from "../core/net.js";

const list = document.getElementById("places");
const button = document.getElementById("place-more");
const menu = document.getElementById("place-menu");
let row = null;

function showButton(target) {
  if (!target || menu.matches(":popover-open")) return;
  row = target;
  button.hidden = false;
  if (button.parentElement !== row) row.append(button);
}

list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && showButton(event.target.closest(".place-row")));
list.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && showButton(event.target.closest(".place-row")));

function hideButton() {
  if (!menu.matches(":popover-open") && document.activeElement !== button) button.hidden = true;
}

list.addEventListener("pointerleave", hideButton);
list.addEventListener("focusout", ({ relatedTarget }) => relatedTarget !== button && hideButton());

const items = () => [...menu.querySelectorAll("[role=menuitem]")].filter((item) => item.checkVisibility());

button.addEventListener("click", () => {
  for (const mark of ["muted", "favourite"]) menu.toggleAttribute(`data-${mark}`, row.dataset[mark] !== undefined);
  for (const item of menu.querySelectorAll("[data-move]")) item.hidden = !neighbourOf(row, Number(item.dataset.move));
  menu.showPopover();
  const { bottom, top, left } = button.getBoundingClientRect();
  const { offsetHeight, offsetWidth } = menu;
  menu.style.top = `${bottom + offsetHeight > innerHeight ? Math.max(0, top - offsetHeight) : bottom}px`;
  menu.style.left = `${Math.max(0, Math.min(left, innerWidth - offsetWidth))}px`;
  items()[0].focus();
});

menu.addEventListener("toggle", ({ newState }) => button.setAttribute("aria-expanded", String(newState === "open")));

onKey(menu, (event) => {
  const all = items();
  const here = all.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  all[next % all.length].focus();
});

menu.addEventListener("click", async (event) => {
  const item = event.target.closest("[role=menuitem]");
  if (!item) return;
  menu.hidePopover();
  row.querySelector(".place").focus(); // it exists again after the list is reloaded; the button does not
  if (item.dataset.move) return move(row, Number(item.dataset.move));
  const { path, field, value } = item.dataset;
  await textOrToast(post(at(`rooms/${row.dataset.room}/${path}/`), { [field]: value }));
  return fetchRoomList();
});
