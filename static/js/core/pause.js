/** Waiting for a time. */

export const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds; browsers end a longer timer at once

/** @param signal an AbortSignal that ends the pause early */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(over, Math.min(milliseconds, LONGEST_TIMER));
    signal?.addEventListener("abort", over);

    function over() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    }
  });
}
