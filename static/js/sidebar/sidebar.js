/** The list of rooms, live: nudges change its rows, and what they can't say is fetched anew. */
import { badge } from "./badge.js";
import { fetchPlaces, afterSwap } from "../core/htmx.js";
import { called } from "../core/names.js";
import { forgetOlder } from "../app/offline-copies.js";
import { shortTime } from "../core/times.js";
import { word } from "../core/words.js";

const places = document.getElementById("places");
const data = document.body.dataset;
const title = document.title;
const nudges = new Map();
const reads = new Map();

const rowOf = (room) => document.getElementById(`place-${room}`);

/** Whether one is from before another: of an earlier message, or of the same one and older. Either is {seq, version}. */
const isBefore = (one, other) => one.seq < other.seq || (one.seq === other.seq && one.version < other.version);

/** Messages never become fewer, but where the place went back to a backup between the one and the other. */
const isOfBeforeABackup = (one, other) => one.version < other.version && one.last_seq > other.last_seq;

/**
 * What a nudge says of a room. An older one than the row changes nothing but the last line, if it brings a later one:
 * publishes overtake each other.
 */
export function nudge(heard) {
  let known = nudges.get(heard.room);
  if (known && isOfBeforeABackup(heard, known)) return;
  if (known && isOfBeforeABackup(known, heard)) known = undefined;
  const line = heard.last && { ...heard.last, seq: heard.last_seq };
  const last = !line || (known?.last && isBefore(line, known.last)) ? known?.last ?? null : line;
  const late = known?.version > heard.version;
  if (late && last !== line && !heard.first) return;
  const gone = heard.first && !(known?.gone?.at > heard.version) ? { seq: heard.first - 1, at: heard.version } : known?.gone;
  const news = { ...(late ? known : heard), last, gone };
  nudges.set(news.room, news);
  const row = rowOf(news.room);
  if (!row || unsaid(heard) || elsewhere(row, news.archived)) fetchPlaces();
  else if (news.version >= Number(row.dataset.version)) show(row, news);
  showTitle();
}

/**
 * Whether what changed is more than a nudge can say. A direct conversation is called by its people: what changed without a message
 * may be one of their names. Where nothing is left of a room, neither is its last line.
 */
const unsaid = ({ kind, last, first, last_seq: lastSeq }) => (kind === "direct" && !last) || first > lastSeq;

/** Archived rooms stand in a part of their own. */
const elsewhere = (row, archived) => archived !== undefined && archived !== (row.dataset.archived !== undefined);

function show(row, { version, last_seq: lastSeq, name, kind, last, gone }) {
  row.dataset.fetchedAt ??= row.dataset.version;
  row.dataset.lineAt ??= row.dataset.version; // a row that was fetched has the line of its own version
  row.dataset.lineOf ??= row.dataset.lastSeq;
  row.dataset.version = version;
  if (lastSeq > Number(row.dataset.lastSeq)) up(row);
  row.dataset.lastSeq = Math.max(lastSeq, Number(row.dataset.lastSeq));
  // What is not kept is nothing to be read. A row that was fetched later has it; and its own, if a backup was restored.
  if (gone?.at > Number(row.dataset.fetchedAt)) row.dataset.readSeq = Math.max(gone.seq, Number(row.dataset.readSeq));
  if (name !== undefined) call(row, name, kind);
  if (last && !isBefore(last, { seq: Number(row.dataset.lineOf), version: Number(row.dataset.lineAt) })) {
    row.dataset.lineAt = last.version;
    row.dataset.lineOf = last.seq;
    const author = String(last.author) === data.me ? word("you") : called(last.name);
    row.querySelector(".place__last").textContent = `${author}: ${last.deleted ? word("deleted") : last.text}`;
    row.querySelector(".place__last").dataset.by = last.author;
    row.querySelector("time").dateTime = last.at;
  }
  dress(row);
}

/** Direct conversations stand by their last message, favourites in their own order. The row that has the focus stays. */
function up(row) {
  if (row.parentElement.id === "directs" && !row.contains(document.activeElement)) row.parentElement.prepend(row);
}

/** A frame of the room that is shown is news for its own row too, also for one that is being fetched. */
export function fromFrame(element) {
  if (element.dataset.seq === undefined) return;
  const [seq, version] = [Number(element.dataset.seq), Number(element.dataset.version)];
  if (element.dataset.author === data.me) read(data.room, seq); // whoever writes has read
  const row = rowOf(data.room);
  const known = nudges.get(data.room);
  if (known && isBefore({ seq, version }, { seq: known.last_seq, version: known.version })) return;
  const words = element.querySelector(".message__text")?.cloneNode(true);
  words?.querySelectorAll(".code__bar").forEach((bar) => bar.remove());
  const news = {
    room: data.room,
    version,
    last_seq: seq,
    gone: known?.gone,
    last: {
      seq,
      version,
      author: element.dataset.author,
      name: element.querySelector(".message__name").textContent,
      text: words?.textContent.replace(/\s+/g, " ").trim().slice(0, 140),
      at: element.querySelector("time").dateTime,
      deleted: !words,
    },
  };
  nudges.set(data.room, news);
  if (!row) return;
  const there = { seq: Number(row.dataset.lastSeq), version: Number(row.dataset.version) };
  if (isBefore({ seq, version }, there)) return;
  show(row, { ...news, version: Math.max(there.version, version) });
  showTitle();
}

/** What the title of a room says. */
export function describe(room, { name, kind, archived }) {
  const row = rowOf(room);
  if (!row) return;
  call(row, name, kind);
  if (elsewhere(row, archived !== undefined)) fetchPlaces();
}

function call(row, name, kind) {
  if (kind === "direct") return;
  row.querySelector(".place__name").textContent = name;
  row.querySelector("use").setAttribute("href", kind === "closed" ? "#i-lock" : "#i-hash");
}

/** Read up to `seq`, here or in another tab. */
export function read(room, seq) {
  reads.set(room, Math.max(seq, reads.get(room) ?? 0));
  const row = rowOf(room);
  if (!row) return;
  row.dataset.readSeq = Math.max(seq, Number(row.dataset.readSeq));
  dress(row);
  showTitle();
}

/** What names what is half-typed there; empty for nothing. */
export const draftOf = (room) => rowOf(room)?.dataset.draft ?? "";

/** The version of the room that its row is of. */
export const versionOf = (room) => Number(rowOf(room)?.dataset.version ?? 0);

export function drafted(room, state) {
  const row = rowOf(room);
  if (!row) return;
  if (state) row.dataset.draft = state;
  else delete row.dataset.draft;
}

/**
 * The list comes anew, after an outage or where a page starts over: the place may even have gone back to a backup, so what was
 * heard before counts no more.
 */
export function anew() {
  nudges.clear();
  reads.clear();
  fetchPlaces();
}

export function lose(room) {
  rowOf(room)?.remove();
  nudges.delete(room);
  showTitle();
}

/** Whether the list is what the first beat says; else it is fetched. */
export function compare(rooms) {
  const same = Object.entries(rooms).every(([room, [version]]) => Number(rowOf(room)?.dataset.version) >= version);
  if (!same || Object.keys(rooms).length !== places.querySelectorAll(".place-row").length) fetchPlaces();
}

/** How many there are to tell of: none where it is muted. */
export const unreadOf = ({ dataset }) => dataset.muted === undefined ? Math.max(0, Number(dataset.lastSeq) - Number(dataset.readSeq)) : 0;

function dress(row) {
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
  if (row.dataset.room === data.room) link.setAttribute("aria-current", "page");
  mark(row);
}

/** What the page says of a room's place in the list. The button pressed gives way to its opposite, which takes the focus. */
function mark(row) {
  const mine = document.getElementById("mine");
  if (mine?.dataset.room !== row.dataset.room) return;
  const pressed = mine.contains(document.activeElement) ? document.activeElement : null;
  for (const name of ["muted", "favourite"]) mine.toggleAttribute(`data-${name}`, row.dataset[name] !== undefined);
  if (pressed?.checkVisibility() === false) [...pressed.form.elements].find((each) => each.checkVisibility())?.focus();
}

export function showTitle(name) {
  const base = name ? title.replace(/^.* · /, () => `${name} · `) : document.title.replace(/^\(\d+\+?\) /, "");
  const unread = [...places.querySelectorAll(".place-row")].reduce((sum, row) => sum + unreadOf(row), 0);
  document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${base}` : base;
  badge(unread);
}

/** After a fetch: what is newer than it stays on top. */
function refreshed() {
  for (const row of places.querySelectorAll(".place-row")) {
    const news = nudges.get(row.dataset.room);
    const seq = reads.get(row.dataset.room);
    if (seq) row.dataset.readSeq = Math.max(seq, Number(row.dataset.readSeq));
    if (news && news.version > Number(row.dataset.version)) show(row, news);
    else dress(row);
  }
  showTitle();
  forgetOlder([...places.querySelectorAll(".place-row")].map(({ dataset }) => dataset)).catch(() => {}); // none where a browser forbids them
}

afterSwap((target) => target === places && refreshed());
refreshed();
