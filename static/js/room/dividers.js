/** The dividers between days and before new messages. The page itself draws them, again after each change of the rows. */
import { dayName, isoDay, startOfDay } from "../core/times.js";
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
    const today = startOfDay(at);
    const isNew = !newDrawn && Number(row.dataset.seq) > newAfter && row.dataset.author !== data.me;
    const afterHole = row.dataset.seq === undefined && data.atEnd !== "1" && lastSeq(row, drawn);
    const wanted = [...(afterHole ? ["hole"] : []), ...(today !== lastDay ? [`day ${today}`] : []), ...(isNew ? ["new"] : [])];
    settle(row, drawn, wanted, at);
    if (wanted.length > 0 !== (row.dataset.begins !== undefined)) row.toggleAttribute("data-begins");
    drawn = [];
    newDrawn ||= isNew || Number(row.dataset.seq) > newAfter && row.dataset.author === data.me;
    lastDay = today;
  }
  for (const old of drawn) old.remove();
}

const lastSeq = (row, drawn) => (drawn[0] ?? row).previousElementSibling?.dataset.seq;

function settle(row, drawn, wanted, at) {
  const kind = `${wanted.join(" ")} ${startOfDay(new Date())}`; // at midnight "today" becomes "yesterday"
  if (drawn.length === 1 && drawn[0].dataset.kind === kind) return;
  for (const old of drawn) old.remove();
  if (!wanted.length) return;
  const isNew = wanted.includes("new");
  const ofDay = wanted.some((name) => name.startsWith("day")) ? dayDivider(at, isNew) : null;
  const divider = wanted[0] === "hole" ? copyOf("t-hole") : ofDay ?? copyOf("t-new");
  divider.dataset.kind = kind;
  row.before(divider);
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
