/** Whoever reads further up keeps their messages in place when the composer, or a note above it, grows or shrinks. */
import { atNewest, scrollBy } from "./window.js";

/** @param signal an AbortSignal of the time when another room is shown */
export function steady({ stream, signal }) {
  let { bottom, width } = stream.getBoundingClientRect();

  // The reversed column keeps its distance from the lower edge. With another width the rows are others anyway; and a message that is
  // being edited stays above a phone's keyboard.
  const observer = new ResizeObserver(() => {
    const now = stream.getBoundingClientRect();
    const moved = now.width === width ? now.bottom - bottom : 0;
    ({ bottom, width } = now);
    if (moved && !atNewest() && !document.activeElement?.matches("#messages textarea")) scrollBy(moved);
  });
  observer.observe(stream);
  signal.addEventListener("abort", () => observer.disconnect());
}
