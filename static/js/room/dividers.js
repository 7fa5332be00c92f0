/** The dividers between days and before new messages. The page itself draws them, again after each change of the rows. */
import { daysAgo, isoDay, startOfDay } from "../core/calendar.js";
import { dayName } from "../core/times.js";
import { list } from "./elements.js";
import { copyOf } from "../core/words.js";

const data = document.body.dataset;

/**
 * New messages begin after the last one that was read when the page opened; the user's own are never new. A divider that is
 * right is not replaced: each change makes the browser recalculate the styles of its neighbours.
 */
export function drawDividers() {
  const newAfter = Number(data.newAfter ?? 0);
  let lastDay = null;
  let newDrawn = newAfter === 0 || Number(list.querySelector(".message[data-seq]")?.dataset.seq) > newAfter + 1;
  let drawn = [];
  for (const row of [...list.children]) {
    if (row.matches(".divider")) {
      drawn.push(row);
      continue;
    }
    const at = new Date(row.querySelector("time").dateTime || Date.now());
    const day = startOfDay(at);
    const isNew = !newDrawn && Number(row.dataset.seq) > newAfter && row.dataset.author !== data.me;
    const afterHole = row.dataset.seq === undefined && data.atEnd !== "1" && lastSeq(row, drawn);
    const wanted = [...(afterHole ? ["hole"] : []), ...(day !== lastDay ? [`day ${day}`] : []), ...(isNew ? ["new"] : [])];
    settle(row, drawn, wanted, at);
    if (wanted.length > 0 !== (row.dataset.begins !== undefined)) row.toggleAttribute("data-begins");
    drawn = [];
    newDrawn ||= isNew || Number(row.dataset.seq) > newAfter && row.dataset.author === data.me;
    lastDay = day;
  }
  for (const old of drawn) old.remove();
}

const lastSeq = (row, drawn) => (drawn[0] ?? row).previousElementSibling?.dataset.seq;

function settle(row, drawn, wanted, at) {
  const kind = wanted.join(" ");
  if (drawn.length === 1 && drawn[0].dataset.kind === kind) return nameDay(drawn[0], at);
  for (const old of drawn) old.remove();
  if (!wanted.length) return undefined;
  const isNew = wanted.includes("new");
  const ofDay = wanted.some((name) => name.startsWith("day")) ? dayDivider(at, isNew) : null;
  const divider = wanted[0] === "hole" ? copyOf("t-hole") : ofDay ?? copyOf("t-new");
  divider.dataset.kind = kind;
  row.before(divider);
  return undefined;
}

function dayDivider(at, isNew) {
  const divider = copyOf("t-day");
  divider.querySelector("time").dateTime = isoDay(at);
  nameDay(divider, at);
  if (!isNew) return divider;
  const merged = copyOf("t-new");
  merged.classList.add("divider--day");
  merged.querySelector("span").append(", ", divider.querySelector("button"));
  return merged;
}

/** At midnight "today" becomes "yesterday". */
function nameDay(divider, at) {
  const time = divider.querySelector("time");
  if (!time) return;
  const { today, yesterday } = document.getElementById("t-day").content.firstElementChild.dataset;
  const name = { 0: today, 1: yesterday }[daysAgo(at)] ?? dayName(at);
  if (time.textContent !== name) time.textContent = name;
}
