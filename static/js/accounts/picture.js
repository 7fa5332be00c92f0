/**
 * Every field for a picture: what was chosen is shown and cropped before it is kept, and only the square is uploaded. Without
 * script the server crops the centre. A file that the browser can't show is uploaded as it is, for the server to judge, unless it
 * is too large.
 */
import { cropping } from "./crop.js";

for (const part of document.querySelectorAll("[data-picture-field]")) prepare(part);

function prepare(part) {
  const field = part.querySelector("input[type=file]");
  const crop = part.querySelector("[data-crop]");
  const canvas = crop.querySelector("canvas");
  const show = cropping(canvas, crop.querySelector("input[type=range]"));
  const error = part.querySelector("[data-error]");

  function refuse(sentence) {
    error.textContent = sentence;
    error.parentElement.hidden = !sentence;
    if (sentence) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    field.setCustomValidity(sentence);
  }

  field.addEventListener("change", async () => {
    const [file] = field.files;
    crop.hidden = true;
    refuse("");
    if (!file) return;
    try {
      const bitmap = await createImageBitmap(file);
      if (field.files[0] !== file) return;
      show(bitmap);
      crop.hidden = false;
    } catch {
      if (field.files[0] === file && file.size > Number(part.dataset.most)) refuse(part.dataset.tooLarge);
    }
  });

  field.form.addEventListener("formdata", ({ formData }) => {
    if (!crop.hidden) formData.set(field.name, squareOf(canvas), "picture.webp");
  });
}

/** At once, because a form does not wait. A browser that can't write WebP writes PNG. */
function squareOf(canvas) {
  const [head, content] = canvas.toDataURL("image/webp", 0.9).split(",");
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  return new Blob([bytes], { type: head.slice("data:".length).split(";")[0] });
}
