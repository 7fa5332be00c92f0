/** The square of a picture that is kept: moved and zoomed by pointer, touch and keys, and drawn on a canvas. */
import { onKey } from "../core/keys.js";

const STEP = 16; // pixels of the canvas for each press of an arrow key
const MOST = 4; // times

/** How a square of `side` shows a picture of this size: at least all of it is covered. Offsets stay inside the picture. */
export function placed({ width, height }, side, { x, y, zoom }) {
  const scale = (side / Math.min(width, height)) * Math.min(Math.max(zoom, 1), MOST);
  const within = (offset, length) => Math.min(Math.max(offset, side - length * scale), 0);
  return { x: within(x, width), y: within(y, height), width: width * scale, height: height * scale };
}

/**
 * @param canvas a square
 * @param range its zoom, an <input type="range">
 * @returns show(bitmap), which starts with the centre of another picture
 */
export function cropping(canvas, range) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const side = canvas.width;
  const pointers = new Map(); // id -> where it was
  let picture = null;
  let view = { x: 0, y: 0, zoom: 1 };

  function draw() {
    const at = placed(picture, side, view);
    view = { ...view, x: at.x, y: at.y };
    context.clearRect(0, 0, side, side);
    context.drawImage(picture, at.x, at.y, at.width, at.height);
  }

  function move(byX, byY) {
    view = { ...view, x: view.x + byX, y: view.y + byY };
    draw();
  }

  /** The centre of the square stays where it is. */
  function zoomTo(wanted) {
    const zoom = Math.min(Math.max(wanted, 1), MOST);
    const by = zoom / view.zoom;
    const about = (offset) => side / 2 - (side / 2 - offset) * by;
    view = { x: about(view.x), y: about(view.y), zoom };
    range.value = zoom;
    draw();
  }

  /** In pixels of the canvas. */
  function pointAt({ clientX, clientY }) {
    const scale = side / canvas.getBoundingClientRect().width;
    return { x: clientX * scale, y: clientY * scale };
  }

  const distance = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pointAt(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before || !picture) return;
    const apart = pointers.size === 2 && distance();
    const now = pointAt(event);
    pointers.set(event.pointerId, now);
    if (apart) zoomTo((view.zoom * distance()) / apart);
    else move(now.x - before.x, now.y - before.y);
  });

  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, ({ pointerId }) => pointers.delete(pointerId));
  }

  onKey(canvas, (event) => {
    const acts = {
      ArrowLeft: () => move(STEP, 0),
      ArrowRight: () => move(-STEP, 0),
      ArrowUp: () => move(0, STEP),
      ArrowDown: () => move(0, -STEP),
      "+": () => zoomTo(view.zoom * 1.1),
      "-": () => zoomTo(view.zoom / 1.1),
    };
    const act = acts[event.key === "=" ? "+" : event.key];
    if (!act || !picture || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  range.addEventListener("input", () => picture && zoomTo(Number(range.value)));

  return function show(bitmap) {
    picture?.close();
    picture = bitmap;
    range.value = 1;
    const whole = placed(bitmap, side, { x: 0, y: 0, zoom: 1 });
    view = { x: (side - whole.width) / 2, y: (side - whole.height) / 2, zoom: 1 };
    draw();
  };
}
