/** The lines between days and before what is new. They belong to the page: drawn anew from the rows after each change. */
import { dayName, startOfDay } from "./times.js";
import { copyOf } from "./words.js";

const data = document.body.dataset;
/** The new begins after what had been read when the page was opened; one's own messages are never new. */
const newAfter = Number(data.newAfter ?? 0);

export function drawDividers(list) {
  for (const old of list.querySelectorAll(":scope > .divider")) old.remove();
  let lastDay = null;
  let newDrawn = newAfter === 0 || Number(list.querySelector(".message[data-seq]")?.dataset.seq) > newAfter + 1;
  for (const row of list.querySelectorAll(":scope > .message")) {
    const at = new Date(row.querySelector("time").dateTime || Date.now());
    const today = startOfDay(at);
    const dayChanges = today !== lastDay;
    const isNew = !newDrawn && Number(row.dataset.seq) > newAfter && row.dataset.author !== data.me;
    if (dayChanges) row.before(dayDivider(at, isNew));
    else if (isNew) row.before(copyOf("t-new"));
    newDrawn ||= isNew || Number(row.dataset.seq) > newAfter && row.dataset.author === data.me;
    lastDay = today;
  }
}

function dayDivider(at, isNew) {
  const divider = copyOf("t-day");
  const time = divider.querySelector("time");
  const days = Math.round((startOfDay(new Date()) - startOfDay(at)) / 86_400_000);
  time.dateTime = at.toISOString().slice(0, 10);
  time.textContent = { 0: divider.dataset.today, 1: divider.dataset.yesterday }[days] ?? dayName(at);
  if (!isNew) return divider;
  const merged = copyOf("t-new");
  merged.classList.add("divider--day");
  merged.querySelector("span").append(", ", time);
  return merged;
}
