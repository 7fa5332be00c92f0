/** The lines between days and before what is new. They belong to the page: drawn anew from the rows after each change. */
import { dayName, isoDay, startOfDay } from "./times.js";
import { copyOf } from "./words.js";

const data = document.body.dataset;

export const redrawDividers = () => drawDividers(document.getElementById("messages"));

/** The new begins after what had been read when the page was opened; one's own messages are never new. */
export function drawDividers(list) {
  const newAfter = Number(data.newAfter ?? 0);
  for (const old of list.querySelectorAll(":scope > .divider")) old.remove();
  let lastDay = null;
  let newDrawn = newAfter === 0 || Number(list.querySelector(".message[data-seq]")?.dataset.seq) > newAfter + 1;
  for (const row of list.querySelectorAll(":scope > .message")) {
    const at = new Date(row.querySelector("time").dateTime || Date.now());
    const today = startOfDay(at);
    const dayChanges = today !== lastDay;
    if (row.dataset.seq === undefined && data.atEnd !== "1" && row.previousElementSibling?.dataset.seq) row.before(copyOf("t-hole"));
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
  time.dateTime = isoDay(at);
  time.textContent = { 0: divider.dataset.today, 1: divider.dataset.yesterday }[days] ?? dayName(at);
  if (!isNew) return divider;
  const merged = copyOf("t-new");
  merged.classList.add("divider--day");
  merged.querySelector("span").append(", ", divider.querySelector("button"));
  return merged;
}
