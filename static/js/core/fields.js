/** What people typed on this page, wherever that is: an edit, a form, a dialog. */

/** Whether something stands in a field that the page did not come with; what is left in a closed dialog is done with. */
export const typedAnywhere = () => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .some((field) => field.value !== field.defaultValue && !field.closest("dialog:not([open])"));
