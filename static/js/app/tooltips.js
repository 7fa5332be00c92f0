/**
 * The name of an icon, beside it: for the pointer that rests on it, for the keyboard's focus, and for a finger that stays on it
 * (which then does not press it). Screen readers have the name already.
 */
import { onKey } from "../core/keys.js";
import { LONG_PRESS } from "../core/phone.js";

const ELEMENTS = "button, a, [role='img']";
const REST = 400; // milliseconds of the pointer on the icon
const READING = 1500; // milliseconds after a finger has left
const MARGIN = 4; // pixels

const tip = document.createElement("div");
tip.className = "tooltip";
tip.popover = "manual";
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

let shown = null; // the element whose name is shown
let timer = 0;
let pressed = false; // by a finger that was shown a name

/** What an element shows without words; null if it shows words. */
function nameOf(element) {
  if (element.dataset.tip) return element.dataset.tip;
  const icon = element.matches("svg") || element.querySelector(":scope > svg, :scope > .icon");
  const words = element.querySelector(":scope > span");
  if (!icon || (words && words.offsetWidth > 1)) return null;
  return element.ariaLabel ?? words?.textContent ?? null;
}

function show(element) {
  const name = element.isConnected ? nameOf(element) : null;
  if (!name) return;
  shown = element;
  tip.textContent = name;
  if (!tip.matches(":popover-open")) tip.showPopover();
  const { left, top, bottom, width } = element.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = tip;
  const start = Math.min(Math.max(MARGIN, left + (width - offsetWidth) / 2), innerWidth - offsetWidth - MARGIN);
  const below = bottom + MARGIN + offsetHeight <= innerHeight;
  tip.style.left = `${start}px`;
  tip.style.top = `${below ? bottom + MARGIN : top - MARGIN - offsetHeight}px`;
}

function hide() {
  clearTimeout(timer);
  shown = null;
  if (tip.matches(":popover-open")) tip.hidePopover();
}

function later(element, wait) {
  clearTimeout(timer);
  if (element && element !== shown) timer = setTimeout(show, wait, element);
}

const elementAt = ({ target }) => target.closest?.(ELEMENTS);

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const element = elementAt(event);
  if (shown && element !== shown) hide();
  later(element, REST);
});
document.addEventListener("focusin", (event) => {
  const element = elementAt(event);
  // Not at once: while a menu closes, and gives the focus back, no other popover can open.
  if (element?.matches(":focus-visible")) later(element, 0);
});
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, { capture: true, passive: true });
onKey(document, ({ key }) => key === "Escape" && hide());

document.addEventListener("pointerdown", (event) => {
  hide();
  pressed = false;
  const element = event.pointerType === "mouse" ? null : elementAt(event);
  if (!element || nameOf(element) === null) return;
  timer = setTimeout(() => {
    pressed = true;
    show(element);
  }, LONG_PRESS);
}, { capture: true });
for (const kind of ["pointerup", "pointercancel"]) {
  document.addEventListener(kind, ({ pointerType }) => {
    if (pointerType === "mouse") return;
    clearTimeout(timer);
    if (pressed) timer = setTimeout(hide, READING);
  });
}
document.addEventListener("click", (event) => {
  if (pressed) {
    event.preventDefault();
    event.stopPropagation();
  } else {
    hide();
  }
  pressed = false;
}, { capture: true });
// A long press on a link would open the browser's menu over its name.
document.addEventListener("contextmenu", (event) => pressed && elementAt(event) && event.preventDefault());
