/** One row of the list of rooms: its name, its last message, and how many messages are unread. */
import { called } from "../core/names.js";
import { shortTime } from "../core/times.js";
import { word } from "../core/words.js";
import { isBefore } from "./news.js";

const data = document.body.dataset;
const list = document.getElementById("places");

export const rows = () => [...list.querySelectorAll(".place-row")];
export const rowOf = (room) => document.getElementById(`place-${room}`);

/** How many unread messages to show: none where the room is muted. */
export const unreadOf = ({ dataset }) => dataset.muted === undefined ? Math.max(0, Number(dataset.lastSeq) - Number(dataset.readSeq)) : 0;

/** Show news of the room (news.js), whatever is newer than the row. */
export function showNews(row, { version, last_seq: lastSeq, name, kind, last, gone }) {
  row.dataset.fetchedAt ??= row.dataset.version;
  row.dataset.lineAt ??= row.dataset.version; // a row that was fetched has the last message of its own version
  row.dataset.lineOf ??= row.dataset.lastSeq;
  row.dataset.version = version;
  row.dataset.lastSeq = Math.max(lastSeq, Number(row.dataset.lastSeq));
  // Nobody has to read what is not kept. A row that was fetched later knows already, and better if a backup was restored.
  if (gone?.at > Number(row.dataset.fetchedAt)) setReadSeq(row, gone.seq);
  if (name !== undefined) showName(row, name, kind);
  if (last && !isBefore(last, { seq: Number(row.dataset.lineOf), version: Number(row.dataset.lineAt) })) {
    row.dataset.lineAt = last.version;
    row.dataset.lineOf = last.seq;
    showLast(row, last);
  }
  showUnread(row);
}

/** A direct conversation is called by its people; its row is fetched. */
export function showName(row, name, kind) {
  if (kind === "direct") return;
  row.querySelector(".place__name").textContent = name;
  row.querySelector("use").setAttribute("href", kind === "closed" ? "#i-lock" : "#i-hash");
}

/** Whose message it is, unless the row has the name of the only other person. */
function byWhom(row, author, name) {
  if (author === data.me) return `${word("you")}: `;
  return author === row.dataset.with ? "" : `${called(name)}: `;
}

function showLast(row, { author, name, text, at, deleted }) {
  const line = row.querySelector(".place__last");
  line.textContent = `${byWhom(row, String(author), name)}${deleted ? word("deleted") : text}`;
  line.dataset.by = author;
  row.querySelector("time").dateTime = at;
}

/** What was read stays read. */
export function setReadSeq(row, seq) {
  row.dataset.readSeq = Math.max(seq, Number(row.dataset.readSeq));
}

/** Show what the row's attributes say. */
export function showUnread(row) {
  const unread = unreadOf(row);
  const link = row.querySelector(".place");
  const badge = row.querySelector(".badge");
  const time = row.querySelector("time");
  row.hidden = row.dataset.hiddenSeq !== undefined && Number(row.dataset.lastSeq) <= Number(row.dataset.hiddenSeq);
  link.toggleAttribute("data-unread", unread > 0);
  badge.hidden = unread === 0;
  badge.nextElementSibling.hidden = unread === 0;
  badge.textContent = unread > 999 ? "999+" : unread;
  if (time.dateTime) time.textContent = shortTime(new Date(time.dateTime));
  if (row.dataset.room === data.room) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  showPreferences(row);
}

/** Whether the shown room is muted or a favourite, in its details. The button pressed gives way to its opposite, which takes the focus. */
function showPreferences(row) {
  const preferences = document.getElementById("mine");
  if (preferences?.dataset.room !== row.dataset.room) return;
  const pressed = preferences.contains(document.activeElement) ? document.activeElement : null;
  for (const name of ["muted", "favourite"]) preferences.toggleAttribute(`data-${name}`, row.dataset[name] !== undefined);
  if (pressed?.checkVisibility() === false) [...pressed.form.elements].find((each) => each.checkVisibility())?.focus();
}
