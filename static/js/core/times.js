/** Times in the reader's zone and language; the server writes them in UTC. */
import { shortForm } from "./calendar.js";

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function localTimes(root) {
  for (const time of root.querySelectorAll(".message__time time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = clock.format(at);
    time.title = whole.format(at);
  }
}

const short = { time: clock, weekday, date };
/** For the room list: today the time, within a week the weekday, else the date. */
export const shortTime = (at) => short[shortForm(at)].format(at);
export const timeOf = (at) => clock.format(at);
export const wholeTime = (at) => whole.format(at);
/** With the year, unless it is the current one. */
export const dayName = (at) => (at.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(at);
