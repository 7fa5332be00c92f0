/** A sentence that goes by itself. */
const SHOWN_FOR = 6000;

export function toast(text) {
  const element = document.createElement("div");
  const inside = document.createElement("span");
  element.className = "toast";
  inside.textContent = text;
  element.append(inside);
  document.getElementById("toasts").append(element);
  setTimeout(() => element.remove(), SHOWN_FOR);
}
