/** Notices another day in the reader's time zone, also on a page that was open over midnight, or on a device that slept. */
import { isoDay, startOfNextDay } from "./calendar.js";
import { callHooks } from "./hooks.js";

const CHECK_EVERY = 60_000; // milliseconds: timers stand still while a device sleeps

let today = isoDay(new Date());
let timer = 0;

function check() {
  clearTimeout(timer);
  const now = new Date();
  timer = setTimeout(check, Math.min(startOfNextDay(now) - now, CHECK_EVERY));
  if (isoDay(now) === today) return;
  today = isoDay(now);
  callHooks("newDay");
}

check();
addEventListener("focus", check);
document.addEventListener("visibilitychange", check);
