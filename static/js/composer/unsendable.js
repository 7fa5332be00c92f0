/**
 * What is pasted or dropped. Files can't be sent yet: that is said, and the browser does not leave the page to show them. Text that is
 * dropped anywhere in the conversation goes to the composer.
 */
import { toast } from "../core/toasts.js";
import { word } from "../core/words.js";
import { focusAtEnd } from "./composer.js";

const FIELD = "textarea, input, select, [contenteditable]";

const field = document.getElementById("body");
const hasFiles = ({ types }) => types.includes("Files");
const textIn = (transfer) => transfer.getData("text/plain") || transfer.getData("text/uri-list");

/** The page shows a room, and the person may write there. */
const canWrite = () => Boolean(field?.form.querySelector("[type=submit]").checkVisibility());

// Some browsers name the text under the pointer.
const elementOf = ({ target }) => (target.closest ? target : target.parentElement ?? document.body);
const isFileField = (event) => elementOf(event).closest("input[type=file]") !== null;
const takesText = (event) => canWrite() && !elementOf(event).closest(FIELD) && elementOf(event).closest("#main") !== null;

function refuse(event) {
  event.preventDefault();
  if (canWrite()) toast(word("noFiles"));
}

document.addEventListener("paste", (event) => {
  const here = elementOf(event).closest(FIELD);
  if (here && !here.matches("#body, form[data-edit] textarea")) return;
  // A picture beside text, as office programs copy it: the text is pasted.
  if (event.clipboardData.files.length && !event.clipboardData.getData("text/plain")) refuse(event);
});

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const wanted = hasFiles(event.dataTransfer) ? !isFileField(event) : takesText(event);
    if (!wanted) return;
    event.preventDefault(); // so that it can be dropped here
    event.dataTransfer.dropEffect = "copy";
  });
}

document.addEventListener("drop", (event) => {
  if (hasFiles(event.dataTransfer)) {
    if (!isFileField(event)) refuse(event);
    return;
  }
  const text = takesText(event) && textIn(event.dataTransfer);
  if (!text) return;
  event.preventDefault();
  focusAtEnd(field);
  field.setRangeText(text, field.value.length, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
