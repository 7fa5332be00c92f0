/**
 * What is open over the page on a phone: the browser's Back closes it, the latest first, before it leaves the room. While anything is
 * open, the browser's history has one entry of ours above that of the page. Dialogs and menus are found by themselves; whatever else
 * covers the page calls `addOverlay`.
 */
import { isPhone } from "./phone.js";

const open = []; // functions that close, the latest last
let below = null; // the address of the entry below ours
let going = null; // {state, url}: we go back to the entry below, which takes over what the page stored in ours
let leaving = false; // another page was shown since

const onOurs = () => history.state?.overlay === true;

/**
 * @param close closes it; returns false if it stays open
 * @return to be called when it was closed, in whatever way
 */
export function addOverlay(close) {
  if (!isPhone()) return () => {};
  open.push(close);
  if (!onOurs()) {
    below = location.href;
    history.pushState({ ...history.state, overlay: true }, "");
  }
  return () => closed(close);
}

function closed(close) {
  if (!open.includes(close)) return;
  open.splice(open.indexOf(close), 1);
  setTimeout(settle); // not at once: what was chosen may show another page, or open something
}

/** Nothing is open any more: our entry goes. */
function settle() {
  if (open.length || going || !onOurs()) return;
  const { overlay, ...state } = history.state;
  going = { state, url: location.href };
  history.back();
}

/** Another page is about to be shown, and covered by nothing; not by dialogs and menus on a desk either, which are open in no entry. */
export function closeAll() {
  for (const close of new Set([...open, ...[...followed.values()].map((each) => each.close)].reverse())) {
    close();
    closed(close);
  }
}

/** Add an entry to the browser's history; ours makes room for it. */
export function addEntry(url) {
  leaving = going !== null;
  history[onOurs() ? "replaceState" : "pushState"](null, "", url);
}

/** Back was pressed. If anything stays open, our entry is needed again; it is still there, one step forward. */
function closeLatest() {
  const close = open.at(-1);
  if (close() !== false) closed(close);
  if (open.length) history.forward();
}

// Before all others: neither the room nor its scroll position has changed.
addEventListener("popstate", (event) => {
  if (going) {
    event.stopImmediatePropagation();
    history.replaceState(going.state, "", going.url);
    if (leaving || open.length) history.forward();
    going = null;
    leaving = false;
  } else if (onOurs()) {
    if (open.length) event.stopImmediatePropagation();
    else setTimeout(settle); // somebody went forward to it
  } else if (open.length && location.href !== below) {
    closeAll();
  } else if (open.length) {
    event.stopImmediatePropagation();
    closeLatest();
  }
}, { capture: true });

addEventListener("pageshow", settle); // the page was left or reloaded while something was open

const followed = new Map(); // dialogs and menus that are open -> {close, closed: to be called when they were}

function follow(element, isOpen, close) {
  if (isOpen && !followed.has(element)) followed.set(element, { close, closed: addOverlay(close) });
  if (isOpen) return;
  followed.get(element)?.closed();
  followed.delete(element);
}

/** As Escape does: a dialog may refuse. */
function cancel(dialog) {
  if (!dialog.dispatchEvent(new Event("cancel", { cancelable: true }))) return false;
  dialog.close();
  return true;
}

new MutationObserver((changes) => {
  for (const { target } of changes) if (target.matches("dialog")) follow(target, target.open, () => cancel(target));
}).observe(document.documentElement, { subtree: true, attributeFilter: ["open"] });

document.addEventListener("toggle", ({ target, newState }) => {
  if (target.popover === "auto") follow(target, newState === "open", () => target.hidePopover());
}, { capture: true });
