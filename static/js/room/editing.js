/** A half-typed edit outlives any new version of its message, and also its row's leaving the page. */
const aside = new Map(); // row id -> the form of a row that is not here

const formOf = (row) => row.querySelector("form[data-edit]");

/** The row leaves the page. */
export function setAside(row) {
  const form = formOf(row);
  if (form) aside.set(row.id, form);
}

/** The texts of half-typed edits whose messages, before the one with the seq `first`, will not come back; once. */
export function abandonedEdits(first) {
  const over = [...aside].filter(([, form]) => Number(form.closest(".message").dataset.seq) < first);
  for (const [id] of over) aside.delete(id);
  return over.map(([, form]) => form.elements.body).filter((field) => field.value !== field.defaultValue).map(({ value }) => value);
}

/** `element` is put in, instead of `old` if that is there. */
export function keepEditing(old, element) {
  const form = (old && formOf(old)) ?? aside.get(element.id);
  aside.delete(element.id);
  if (!form || element.dataset.deleted !== undefined) return;
  const field = form.elements.body;
  const { selectionStart, selectionEnd } = field;
  const focused = document.activeElement === field;
  element.dataset.editing = "";
  element.querySelector(".message__main").append(form);
  if (focused) queueMicrotask(() => { field.focus(); field.setSelectionRange(selectionStart, selectionEnd); });
}
