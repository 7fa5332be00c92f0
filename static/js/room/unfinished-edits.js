/**
 * Unfinished edits: stored on this device until they are saved or cancelled, or the message is deleted, and shown again with their
 * message.
 *
 * A row is {id, room, base, body}: the message's id, its text when the edit began, and the text that was typed since.
 */
import { typedIn } from "../composer/composer.js";
import { registerHooks } from "../core/hooks.js";
import { at, get } from "../core/net.js";
import { table } from "../core/store.js";
import { copyOf } from "../core/words.js";
import { formIn, formOf, isSaving, openForm } from "./editing.js";
import { keepScrollPosition, messageRow } from "./window.js";

const GONE = new Set([403, 404, 410]); // it was deleted, or the room does not keep it any longer

const store = table("edits", { durability: "relaxed" });
const edits = new Map(); // message -> row
const loaded = store.all().then((rows) => { for (const row of rows) if (!edits.has(row.id)) edits.set(row.id, row); });
const asked = new Map(); // message -> promise of its form

const shown = () => document.body.dataset.room;

function forget(message) {
  if (!edits.delete(message)) return;
  store.remove(message);
  offer();
}

function typed({ room, message, field }) {
  const { value: body, defaultValue } = field;
  if (body === defaultValue) return forget(message);
  const row = { id: message, room, base: edits.get(message)?.base ?? defaultValue, body };
  edits.set(message, row);
  store.put(row);
  return undefined;
}

/** The form of an edit is on the page, with the message's text of now. */
function editOpened(edit) {
  const { message, field } = edit;
  const kept = edits.get(message);
  if (kept) {
    field.value = kept.body;
    typedIn(field);
    compare(field, kept.base);
  }
  field.addEventListener("input", () => typed(edit));
}

/** Say so if the message has another text than when the edit began: both texts stay. */
function compare(field, base) {
  const { form, value, defaultValue: now } = field;
  form.querySelector("[data-changed]")?.remove();
  if (now === base || now === value) return;
  const notice = copyOf("t-edit-changed");
  notice.querySelector("[data-now]").textContent = now;
  form.prepend(notice);
}

/** Ask the server for the form of an edit. @return null if the message can't be edited, or without an answer */
async function formOn(message) {
  if (asked.has(message)) return null;
  const request = get(at(`messages/${message}/edit/`)).catch(() => null);
  asked.set(message, request);
  const answer = await request;
  asked.delete(message);
  if (GONE.has(answer?.status)) forget(message);
  return answer?.ok ? formIn(await answer.text()) : null;
}

/** Show an edit again, if its message is on the page. */
async function reopen(message) {
  const row = messageRow(message);
  if (!row || formOf(row)) return;
  if (row.dataset.deleted !== undefined) return forget(message);
  const form = await formOn(message);
  const here = messageRow(message); // a newer version of it
  if (form && here && !formOf(here) && edits.has(message)) keepScrollPosition(() => openForm(here, form));
  offer();
  return undefined;
}

/** A message is here, as it is now. */
async function received(row) {
  const message = row.id.replace("message-", "");
  if (row.dataset.deleted !== undefined) return forget(message);
  const form = formOf(row);
  if (!form) return edits.has(message) ? reopen(message) : undefined;
  if (isSaving(form)) return undefined; // it may be this very text
  const now = await formOn(message);
  const field = form.elements.body;
  if (!now || now.elements.body.defaultValue === field.defaultValue) return undefined;
  const base = edits.get(message)?.base ?? field.defaultValue;
  field.defaultValue = now.elements.body.defaultValue; // also what an edit shows that was not begun
  if (field.value === field.defaultValue) forget(message);
  typedIn(field);
  keepScrollPosition(() => compare(field, base));
  return undefined;
}

async function reopenAll() {
  await loaded;
  await Promise.all([...edits.values()].filter(({ room }) => room === shown()).map(({ id }) => reopen(id)));
  offer();
}

/** The first edit whose message is further up. */
const elsewhere = () => [...edits.values()].find(({ id, room }) => room === shown() && !messageRow(id));

function offer() {
  const notice = document.getElementById("unfinished-edit");
  const edit = elsewhere();
  if (!notice) return;
  notice.hidden = !edit;
  if (!edit) return;
  notice.querySelector("[data-body]").textContent = edit.body;
  notice.querySelector("a").href = at(`messages/${edit.id}/`);
}

document.addEventListener("click", ({ target }) => target.closest("[data-action='drop-edit']") && forget(elsewhere()?.id));

registerHooks({
  roomOpened: reopenAll,
  connected: reopenAll, // what could not be asked for before
  messageReceived: received,
  editOpened,
  editEnded: forget,
  async signedOut() {
    edits.clear();
    for (const { id } of await store.all()) await store.remove(id);
  },
  unsaved: () => !store.lasting && edits.size > 0,
});
