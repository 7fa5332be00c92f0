/** A sentence: one that goes by itself, or, while a dialog is open, one in it, since all outside is behind it and inert. */
const SHOWN_FOR = 6000;

/** For those who do not see what happened. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

export function toast(text) {
  const head = document.querySelector("dialog[open] .dialog__head");
  const element = document.createElement("div");
  const inside = document.createElement("span");
  inside.textContent = text;
  element.append(inside);
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
