/** Toasts hide by themselves. While a dialog is open, the text is shown in it: everything outside is inert. */
const SHOWN_FOR = 6000;

/** Tell a text to screen readers. */
export function announce(text) {
  document.getElementById("said").textContent = text;
}

export function toast(text) {
  const head = document.querySelector("dialog[open] .dialog__head");
  const element = document.createElement("div");
  const span = document.createElement("span");
  span.textContent = text;
  element.append(span);
  if (head) {
    element.className = "notice notice--danger";
    element.role = "alert";
    document.querySelector("dialog[open] > * > .notice")?.remove();
    head.after(element);
  } else {
    element.className = "toast";
    document.getElementById("toasts").append(element);
    setTimeout(() => element.remove(), SHOWN_FOR);
  }
}
