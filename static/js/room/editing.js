/**
 * Edits of messages. The form stands in place of the message's text, which is hidden. It survives new versions of the message, and the
 * removal of its row from the window.
 */
import { textOrToast } from "../core/answers.js";
import { whileBusy } from "../core/busy.js";
import { typing } from "../composer/composer.js";
import { parse } from "../core/fragments.js";
import { callHooks } from "../core/hooks.js";
import { onKey } from "../core/keys.js";
import { listeningUntil } from "../core/listening.js";
import { at, get, post } from "../core/net.js";

const FORM = "form[data-edit]";
const saved = new Map(); // row id -> the form of a row outside of the window

export const formOf = (row) => row.querySelector(FORM);

/** Whether its text is on the way to the server. */
export const isSaving = (form) => form.dataset.saving !== undefined;

/** The form in an answer of the server. */
export function formIn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Open the form in the row. @return its field */
export function openForm(row, form) {
  const field = form.elements.body;
  row.dataset.editing = "";
  row.querySelector(".message__text").after(form);
  typing(field, () => form.requestSubmit());
  callHooks("editOpened", { room: document.body.dataset.room, message: form.dataset.edit, field });
  return field;
}

/** The edit is over: it was saved or cancelled. */
export function endEdit(form) {
  delete form.closest(".message")?.dataset.editing; // the form is detached if the message was deleted meanwhile
  form.remove();
  callHooks("editEnded", form.dataset.edit);
}

async function begin(row) {
  const html = await textOrToast(get(at(`messages/${row.id.replace("message-", "")}/edit/`)));
  const here = document.getElementById(row.id); // the row may have been replaced
  return html && here && !formOf(here) ? openForm(here, formIn(html)) : null;
}

/** Begin to edit a message, or go on. */
export async function edit(row) {
  const field = formOf(row)?.elements.body ?? await begin(row);
  if (!field) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/**
 * What the forms of the shown room do.
 * @param take applies rows of an answer to the page
 * @param ended called when one was saved or cancelled
 */
export function editing({ stream, take, ended, signal }) {
  const listen = listeningUntil(signal);
  signal.addEventListener("abort", () => saved.clear()); // the device has their texts

  function end(form) {
    endEdit(form);
    ended();
  }

  listen(stream, "click", (event) => {
    const form = event.target.closest("[data-action='cancel']")?.closest(FORM);
    if (!form) return;
    event.preventDefault();
    end(form);
  });
  onKey(stream, (event) => {
    const form = event.key === "Escape" && event.target.closest(FORM);
    if (!form) return;
    event.preventDefault();
    end(form);
  }, { signal });
  listen(stream, "submit", (event) => {
    const form = event.target;
    if (!form.matches(FORM)) return;
    event.preventDefault();
    if (!isSaving(form)) whileBusy(form, save(form), event.submitter);
  });

  async function save(form) {
    form.dataset.saving = "";
    const answer = await textOrToast(post(form.action, { body: form.elements.body.value }));
    delete form.dataset.saving;
    if (answer === null) return;
    end(form);
    take(parse(answer));
  }
}

/** Save the edit of a row that is being removed. */
export function saveEdit(row) {
  const form = formOf(row);
  if (form) saved.set(row.id, form);
}

const isChanged = (field) => field.value !== field.defaultValue;

/** The texts of unfinished edits in the shown window. */
export const editedTexts = () => [...document.querySelectorAll(`#messages ${FORM} textarea`)].filter(isChanged).map(({ value }) => value);

/** Remove and return the texts of unfinished edits of messages before the seq `first`, which are gone. */
export function abandonedEdits(first) {
  const abandoned = [...saved].filter(([, form]) => Number(form.closest(".message").dataset.seq) < first);
  for (const [id, form] of abandoned) {
    saved.delete(id);
    callHooks("editEnded", form.dataset.edit);
  }
  return abandoned.map(([, form]) => form.elements.body).filter(isChanged).map(({ value }) => value);
}

/** `element` is being inserted, in place of `old` if that exists. */
export function restoreEdit(old, element) {
  const form = (old && formOf(old)) ?? saved.get(element.id);
  saved.delete(element.id);
  if (!form || element.dataset.deleted !== undefined) return;
  const field = form.elements.body;
  const { selectionStart, selectionEnd } = field;
  const focused = document.activeElement === field;
  element.dataset.editing = "";
  element.querySelector(".message__text").after(form);
  if (focused) queueMicrotask(() => { field.focus(); field.setSelectionRange(selectionStart, selectionEnd); });
}
