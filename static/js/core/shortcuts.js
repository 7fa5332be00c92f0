/** Keys that work everywhere on the page. */

export const onMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

const FIELD = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";

/** The field that a key is typed into, if it is. */
export const fieldOf = ({ target }) => target.closest?.(FIELD) ?? null;

/** Whether a key is meant for the whole page: a handler before or an open dialog may have it. */
export const isForPage = (event) => !event.defaultPrevented && !document.querySelector("dialog[open]");
