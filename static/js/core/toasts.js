/**
 * Toasts hide by themselves. They have a place of their own in the page, which makes room for them, so they cover nothing. While a
 * dialog is open, the text is shown in it: everything outside is inert.
 */
const SHOWN_FOR = 6000; // milliseconds
const MOST = 3; // at once, or little would be left of a phone

let forgetting = 0;

/** Tell a text to screen readers. It goes again: whoever reads on finds nothing outdated, and the same words may be told again. */
export function announce(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  clearTimeout(forgetting);
  forgetting = setTimeout(() => { said.textContent = ""; }, SHOWN_FOR);
}

/** Show an element among the toasts. Screen readers read it once: the others are not read again. */
export function showToast(element) {
  document.getElementById("toasts").append(element);
}

export function toast(text) {
  const element = document.createElement("div");
  const span = document.createElement("span");
  span.textContent = text;
  element.append(span);
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (dialog) {
    element.className = "notice notice--danger";
    element.role = "alert";
    element.dataset.toast = "";
    dialog.querySelector("[data-toast]")?.remove();
    (dialog.querySelector(".dialog__head") ?? dialog.firstElementChild).after(element);
  } else {
    element.className = "toast";
    element.dataset.passing = "";
    showToast(element);
    const passing = document.querySelectorAll("#toasts > [data-passing]");
    if (passing.length > MOST) passing[0].remove();
    setTimeout(() => element.remove(), SHOWN_FOR);
  }
}
