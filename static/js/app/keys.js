/** The list of all keys, opened by `?` or by the button beside the person's name. */
import { onKey } from "../core/keys.js";
import { fieldOf, isForPage, onMac } from "../core/shortcuts.js";

const dialog = document.getElementById("keys");

if (onMac) for (const key of dialog.querySelectorAll("kbd[data-mac]")) key.textContent = key.dataset.mac;

onKey(document, (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || fieldOf(event) || !isForPage(event)) return;
  event.preventDefault();
  dialog.showModal();
});

document.addEventListener("click", ({ target }) => target.closest("#keys-open") && dialog.showModal());
