/** The actions on a message: one bar, beside the message under the pointer; on touch screens a sheet. */
import { parse } from "../core/fragments.js";
import { textOrToast } from "../core/answers.js";
import { whileBusy } from "../core/busy.js";
import { edit, editing } from "./editing.js";
import { onKey } from "../core/keys.js";
import { listeningUntil } from "../core/listening.js";
import { called } from "../core/names.js";
import { at, get, post } from "../core/net.js";
import { addOverlay } from "../core/overlays.js";
import { LONG_PRESS } from "../core/phone.js";
import { list } from "./elements.js";
import { registerMessageAction, runMessageAction } from "./message-actions.js";
import { readable } from "./readable.js";
import { setCurrent } from "../core/roving.js";
import { toast } from "../core/toasts.js";
import { messages, reachesNewest } from "./window.js";

const JITTER = 10; // pixels that a resting finger may move
const LINE = 200; // characters

/** A message in one line. */
const firstLine = (row) => readable(row.querySelector(".message__text")).split("\n").find((each) => each.trim())?.slice(0, LINE) ?? "";

/** @param signal an AbortSignal of the time when another room is shown */
export function actions({ stream, field, take, signal }) {
  const bar = document.getElementById("actions");
  const main = document.getElementById("main");
  const data = document.body.dataset;
  const listen = listeningUntil(signal);
  const about = bar.querySelector("#actions-about");
  const [name, line] = about.children;
  let current = null;
  let sheet = null; // to be called when it is closed

  const idOf = (row) => row.id.replace("message-", "");

  function show(row) {
    if (!row || row.dataset.seq === undefined || row.dataset.deleted !== undefined || row.dataset.editing !== undefined) return hide();
    const author = row.dataset.author === data.me;
    const moderator = ["owner", "moderator"].includes(data.role);
    for (const button of bar.querySelectorAll("[data-needs]")) {
      const needs = button.dataset.needs;
      button.hidden = !(needs.includes(author ? "author" : "other") || (moderator && needs.includes("moderator")));
    }
    if (row !== current) sheetClosed();
    current = row;
    bar.hidden = false;
    if (bar.parentElement !== row) row.append(bar);
    return undefined;
  }

  function hide() {
    current = null;
    bar.hidden = true;
    main.append(bar);
    sheetClosed();
  }

  /** Of a finger. It says which message it is about, follows it, and goes with it. */
  function showSheet(row) {
    show(row);
    if (!current || matchMedia("(hover: hover)").matches) return; // as in message-actions.css
    main.append(bar); // the row may be replaced
    const shown = row.querySelector(".message__main").checkVisibility(); // else the author is blocked
    about.hidden = !shown;
    name.textContent = shown ? called(row.querySelector(".message__name").textContent) : "";
    line.textContent = shown ? firstLine(row) : "";
    sheet ??= addOverlay(hide);
    following.observe(list, { childList: true });
  }

  const following = new MutationObserver(() => {
    const row = document.getElementById(current.id);
    if (row !== current) showSheet(row);
  });

  function sheetClosed() {
    following.disconnect();
    about.hidden = true;
    name.textContent = "";
    line.textContent = "";
    sheet?.();
    sheet = null;
  }

  listen(stream, "pointerover", (event) => {
    if (event.pointerType === "mouse") show(event.target.closest(".message"));
  });
  listen(stream, "pointerleave", (event) => event.pointerType === "mouse" && !bar.contains(document.activeElement) && hide());
  listen(stream, "focusin", ({ target }) => setCurrent(target.closest(".message")));
  // For focus by keyboard only: not by a tap on a link, nor by a jump to the message.
  listen(stream, "focusin", ({ target }) => stream.dataset.leading === undefined && target.matches(":focus-visible") && show(target.closest(".message")));

  let press = null;
  let longPressed = false; // by the finger that is still down: lifting it must not click in the sheet or beside it
  listen(document, "pointerdown", () => { longPressed = false; }, { capture: true });
  listen(document, "click", (event) => {
    if (longPressed) { event.preventDefault(); event.stopPropagation(); }
    longPressed = false;
  }, { capture: true });
  listen(stream, "pointerdown", (event) => {
    const row = event.target.closest(".message");
    if (event.pointerType === "mouse" || !row || event.target.closest("a, button, textarea")) return;
    const timer = setTimeout(() => { longPressed = true; showSheet(row); }, LONG_PRESS);
    press = { timer, x: event.clientX, y: event.clientY };
  });
  const release = () => clearTimeout(press?.timer);
  for (const kind of ["pointerup", "pointercancel"]) listen(stream, kind, release);
  listen(stream, "pointermove", ({ clientX, clientY }) => {
    if (press && Math.hypot(clientX - press.x, clientY - press.y) > JITTER) release();
  });
  listen(stream, "contextmenu", (event) => matchMedia("(pointer: coarse)").matches && event.target.closest(".message") && event.preventDefault());
  listen(document, "click", (event) => {
    if (current && matchMedia("(pointer: coarse)").matches && !bar.contains(event.target)) hide();
  });

  // Arrow keys move between messages, Tab from a message to its bar.
  onKey(stream, (event) => {
    if (!["ArrowUp", "ArrowDown"].includes(event.key) || event.target.closest("textarea, pre")) return;
    const rows = [...messages()];
    const here = rows.indexOf(event.target.closest(".message"));
    const next = here < 0 ? rows.at(-1) : rows[here + (event.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }, { signal });
  onKey(field, (event) => {
    if (event.key !== "ArrowUp" || field.value || !reachesNewest()) return;
    const mine = [...messages()].filter((row) => row.dataset.author === data.me && row.dataset.seq && row.dataset.deleted === undefined).at(-1);
    if (!mine) return;
    event.preventDefault();
    edit(mine);
  }, { signal });

  listen(bar, "click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const row = current;
    if (!action || !row) return;
    hide();
    runMessageAction(action, { row, id: idOf(row), openDialog, take });
  });

  signal.addEventListener("abort", hide);
  editing({ stream, take, ended: focusField, signal });

  registerMessageAction("edit", ({ row }) => edit(row));
  registerMessageAction("delete", ({ id }) => openDialog(`messages/${id}/delete/`, (answer) => take(parse(answer))));
  registerMessageAction("report", ({ id }) => openDialog(`messages/${id}/report/`, toast));

  /** Focus the composer, except on touch screens, where the keyboard would come up. */
  function focusField() {
    if (matchMedia("(pointer: fine)").matches) field.focus();
  }

  /** Open a dialog that the server renders. @param done called with the answer to its form */
  async function openDialog(path, done) {
    const html = await textOrToast(get(at(path)));
    if (html === null || signal.aborted) return; // another room is shown
    const dialog = document.getElementById("dialog");
    dialog.innerHTML = html;
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy(event.target, sendForm(event.target), event.submitter);
    });

    async function sendForm(form) {
      const answer = await textOrToast(post(form.action, new FormData(form)));
      if (answer === null) return; // the dialog says why
      if (form.isConnected) dialog.close();
      done(answer);
      focusField();
    }
  }
}
