/** The menu of a room in the list: one button, at the hovered or focused row, and one menu. */
import { beside, move } from "./favourites.js";
import { fetchRoomList } from "../core/htmx.js";
import { answered } from "../core/answers.js";
import { at, post } from "../core/net.js";

const places = document.getElementById("places");
const more = document.getElementById("place-more");
const menu = document.getElementById("place-menu");
let row = null;

function stand(there) {
  if (!there || menu.matches(":popover-open")) return;
  row = there;
  more.hidden = false;
  if (more.parentElement !== row) row.append(more);
}

places.addEventListener("pointerover", (event) => event.pointerType === "mouse" && stand(event.target.closest(".place-row")));
places.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && stand(event.target.closest(".place-row")));

function goAway() {
  if (!menu.matches(":popover-open") && document.activeElement !== more) more.hidden = true;
}

places.addEventListener("pointerleave", goAway);
places.addEventListener("focusout", ({ relatedTarget }) => relatedTarget !== more && goAway());

const items = () => [...menu.querySelectorAll("[role=menuitem]")].filter((item) => item.checkVisibility());

more.addEventListener("click", () => {
  for (const mark of ["muted", "favourite"]) menu.toggleAttribute(`data-${mark}`, row.dataset[mark] !== undefined);
  for (const item of menu.querySelectorAll("[data-move]")) item.hidden = !beside(row, Number(item.dataset.move));
  menu.showPopover();
  const { bottom, top, left } = more.getBoundingClientRect();
  const { offsetHeight, offsetWidth } = menu;
  menu.style.top = `${bottom + offsetHeight > innerHeight ? Math.max(0, top - offsetHeight) : bottom}px`;
  menu.style.left = `${Math.max(0, Math.min(left, innerWidth - offsetWidth))}px`;
  items()[0].focus();
});

menu.addEventListener("toggle", ({ newState }) => more.setAttribute("aria-expanded", String(newState === "open")));

menu.addEventListener("keydown", (event) => {
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
  await answered(post(at(`rooms/${row.dataset.room}/${path}/`), { [field]: value }));
  return fetchRoomList();
});
