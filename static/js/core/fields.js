/** Text typed on this page: in an edit, a form or a dialog. */

/** Whether a field has another value than the page was loaded with. Fields in closed dialogs do not count. */
export const typedAnywhere = () => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .some((field) => field.value !== field.defaultValue && !field.closest("dialog:not([open])"));
