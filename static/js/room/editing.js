/** An unfinished edit survives new versions of its message, and the removal of its row from the window. */
const saved = new Map(); // row id -> the form of a row outside of the window

const formOf = (row) => row.querySelector("form[data-edit]");

/** Save the edit of a row that is being removed. */
export function saveEdit(row) {
  const form = formOf(row);
  if (form) saved.set(row.id, form);
}

/** Remove and return the texts of unfinished edits of messages before the seq `first`, which are gone. */
export function abandonedEdits(first) {
  const abandoned = [...saved].filter(([, form]) => Number(form.closest(".message").dataset.seq) < first);
  for (const [id] of abandoned) saved.delete(id);
  return abandoned.map(([, form]) => form.elements.body).filter((field) => field.value !== field.defaultValue).map(({ value }) => value);
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
  element.querySelector(".message__main").append(form);
  if (focused) queueMicrotask(() => { field.focus(); field.setSelectionRange(selectionStart, selectionEnd); });
}
