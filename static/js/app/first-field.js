/**
 * The first field of a page has the focus where a mouse is at hand. On touch a keyboard would open over what one came to read.
 * Fields that one always comes to fill in have `autofocus` instead.
 */
const first = [...document.querySelectorAll("[data-first-field]")].find((field) => field.checkVisibility());

if (first && document.activeElement === document.body && !location.hash && matchMedia("(pointer: fine)").matches) first.focus();
