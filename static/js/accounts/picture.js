/** Shrinks photos before the upload; without script only the server's size limit applies. */
const SIDE = 512; // pixels: twice the shown size
const form = document.querySelector("[data-picture]");
const field = form.elements.picture;
const button = form.querySelector("[type=submit]");

field.addEventListener("change", async () => {
  const [file] = field.files;
  if (!file) return;
  button.disabled = true;
  try {
    const small = await shrink(file);
    if (field.files[0] === file) field.files = fileList(new File([small], "picture.webp", { type: small.type }));
  } catch {
    // A file that the browser can't read is uploaded as it is, and the server reports the error.
  } finally {
    button.disabled = false;
  }
});

/** The square in the middle of the picture, upright. */
async function shrink(file) {
  const bitmap = await createImageBitmap(file);
  const from = Math.min(bitmap.width, bitmap.height);
  const side = Math.min(from, SIDE);
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  canvas.getContext("2d").drawImage(bitmap, (bitmap.width - from) / 2, (bitmap.height - from) / 2, from, from, 0, 0, side, side);
  bitmap.close();
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/webp", 0.9); });
}

function fileList(file) {
  const list = new DataTransfer();
  list.items.add(file);
  return list.files;
}
