/**
 * Days as the reader's calendar counts them. Where clocks change, a day has 23 or 25 hours. Pure. The same cases test it and its Python
 * twin (tests/cases/days.json, chat/days.py).
 */

const numberOf = (at) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86_400_000;

/** How many days ago: 0 is today, 1 is yesterday. */
export const daysAgo = (at, now = new Date()) => numberOf(now) - numberOf(at);

/** What a list says of it: today the "time", within a week the "weekday", else the "date". */
export function shortForm(at, now = new Date()) {
  const days = daysAgo(at, now);
  return days < 1 ? "time" : days < 7 ? "weekday" : "date";
}

/** The moment of its midnight, in milliseconds; where clocks skip midnight, the first moment of the day. */
export const startOfDay = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();

/** The same of the day after. */
export const startOfNextDay = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime();

/** Such as 2026-01-31. */
export const isoDay = (at) => [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
