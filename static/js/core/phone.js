/** What scripts take for a phone, and for a finger that rests. */

/** What opens covers the page. */
export const isPhone = () => matchMedia("(width < 48rem), (hover: none)").matches;

export const LONG_PRESS = 450; // milliseconds
