/** The list of rooms, live: nudges change its rows, and what they can't say is fetched anew. */
import { deleteExpiredCopies, deleteOtherCopies } from "../core/offline-copies.js";
import { callHooks, registerHooks } from "../core/hooks.js";
import { afterSwap, fetchRoomList } from "../core/htmx.js";
import { activityChanged } from "./activity-order.js";
import { clearNews, isBefore, mergeMessage, mergeNudge, newsOf, removeNews } from "./news.js";
import { rowOf, rows, setReadSeq, showName, showNews, showUnread } from "./room-row.js";
import { updateTitle } from "./title.js";

export { updateTitle } from "./title.js";

const data = document.body.dataset;
const list = document.getElementById("places");
const reads = new Map(); // room -> seq up to which it was read, here or in another tab

export function nudge(nudged) {
  const news = mergeNudge(nudged);
  if (!news) return;
  const row = rowOf(news.room);
  if (!row || needsFetch(nudged) || changesSection(row, news.archived)) fetchRoomList();
  else if (news.version >= Number(row.dataset.version)) rowChanged(row, news);
  updateTitle();
}

function rowChanged(row, news) {
  showNews(row, news);
  activityChanged();
}

/**
 * Whether what changed is more than a nudge can say. A direct conversation is called by its people: what changed without a message
 * may be one of their names. Where nothing is left of a room, there is no last message.
 */
const needsFetch = ({ kind, last, first, last_seq: lastSeq }) => (kind === "direct" && !last) || first > lastSeq;

/** Archived rooms have a section of their own. */
const changesSection = (row, archived) => archived !== undefined && archived !== (row.dataset.archived !== undefined);

/** A message of the shown room is news for the room's row, also for one that is being fetched. */
export function messageReceived(element) {
  const [seq, version] = [Number(element.dataset.seq), Number(element.dataset.version)];
  if (element.dataset.author === data.me) markRead(data.room, seq); // whoever writes has read
  const news = mergeMessage(data.room, element);
  const row = rowOf(data.room);
  if (!news || !row) return;
  const shown = { seq: Number(row.dataset.lastSeq), version: Number(row.dataset.version) };
  if (isBefore({ seq, version }, shown)) return;
  rowChanged(row, { ...news, version: Math.max(shown.version, version) });
  updateTitle();
}

/** The title of a room is another. */
export function titleChanged(room, { name, kind, archived }) {
  const row = rowOf(room);
  if (!row) return;
  showName(row, name, kind);
  if (changesSection(row, archived !== undefined)) fetchRoomList();
}

/** Read up to `seq`, here or in another tab. */
export function markRead(room, seq) {
  reads.set(room, Math.max(seq, reads.get(room) ?? 0));
  const row = rowOf(room);
  if (!row) return;
  setReadSeq(row, seq);
  showUnread(row);
  updateTitle();
}

/** What a feature shows on the room's row (`register_attribute` on the server). */
export const attributeOf = (room, name) => rowOf(room)?.dataset[name];

/** An empty value takes the attribute away. */
export function setAttribute(room, name, value) {
  const row = rowOf(room);
  if (!row) return;
  if (value) row.dataset[name] = value;
  else delete row.dataset[name];
}

/** Another room is shown. */
export function currentChanged() {
  for (const row of rows()) showUnread(row);
}

// What was a time is a weekday now.
registerHooks({ newDay: currentChanged });

/** The ids of all rooms of the list. */
export const rooms = () => rows().map(({ dataset }) => dataset.room);

/** The version of the room that its row is of. */
export const versionOf = (room) => Number(rowOf(room)?.dataset.version ?? 0);

/**
 * Fetch the list anew, after an outage or when a page starts over. A backup may even have been restored, so what was heard before
 * does not count any more.
 */
export function reload() {
  clearNews();
  reads.clear();
  fetchRoomList();
}

export function removeRoom(room) {
  rowOf(room)?.remove();
  removeNews(room);
  updateTitle();
  listed();
}

/**
 * Nothing stays of rooms that are not in the list: not in memory, and not on the device. Some pages come without the list and ask for it, and
 * a saved copy of a page has an older one.
 */
function listed() {
  if (!list.firstElementChild || document.documentElement.dataset.copy) return;
  callHooks("roomsListed", rooms());
  deleteOtherCopies(rooms()).catch(() => {}); // none where a browser forbids them
}

/** Fetch the list, unless it is what the first beat says. */
export function compare(rooms) {
  const same = Object.entries(rooms).every(([room, [version]]) => Number(rowOf(room)?.dataset.version) >= version);
  if (!same || Object.keys(rooms).length !== rows().length) fetchRoomList();
}

/** The list was fetched: what is newer than it is shown again. */
function fetched() {
  for (const row of rows()) {
    const news = newsOf(row.dataset.room);
    const seq = reads.get(row.dataset.room);
    if (seq) setReadSeq(row, seq);
    if (news && news.version > Number(row.dataset.version)) rowChanged(row, news);
    else showUnread(row);
  }
  updateTitle();
  listed();
  deleteExpiredCopies(rows().map(({ dataset }) => dataset)).catch(() => {});
}

afterSwap((target) => target === list && fetched());
fetched();
