/** A photo of a phone is made small before it is sent; without script the server's limit on bytes holds. */
const SIDE = 512; // pixels: twice what is shown
const form = document.querySelector("[data-picture]");
const field = form.elements.picture;

field.addEventListener("change", async () => {
  const [file] = field.files;
  if (!file) return;
  const small = await shrunk(file).catch(() => null); // what the browser can't read goes out as it is, and the server says so
  if (!small || field.files[0] !== file) return;
  const files = new DataTransfer();
  files.items.add(new File([small], "picture", { type: small.type }));
  field.files = files.files;
});

/** The middle of the picture, upright. */
async function shrunk(file) {
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
