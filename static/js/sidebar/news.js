/**
 * The news of each room in the list, from nudges and from messages of the shown room. They arrive out of order, so each is merged
 * with earlier ones.
 *
 * News are a nudge as the server sends it (docs/delivery.md), with `last`, the last message as the list shows it, and `gone`:
 * retention removed the messages up to its `seq` at the version `at`.
 */
const known = new Map(); // room -> news

export const newsOf = (room) => known.get(room);
export const removeNews = (room) => known.delete(room);
export const clearNews = () => known.clear();

/** Whether one is older than another: of an earlier message, or of the same one in an older version. Either is {seq, version}. */
export const isBefore = (one, other) => one.seq < other.seq || (one.seq === other.seq && one.version < other.version);

/** `last_seq` never falls, unless a backup was restored in between. */
const isFromBeforeRestore = (one, other) => one.version < other.version && one.last_seq > other.last_seq;

/** @return the news after this nudge, or null if it has nothing new: an older nudge may still have a later last message */
export function mergeNudge(nudge) {
  let old = known.get(nudge.room);
  if (old && isFromBeforeRestore(nudge, old)) return null;
  if (old && isFromBeforeRestore(old, nudge)) old = undefined;
  const newLast = nudge.last && { ...nudge.last, seq: nudge.last_seq };
  const last = !newLast || (old?.last && isBefore(newLast, old.last)) ? old?.last ?? null : newLast;
  const late = old?.version > nudge.version;
  if (late && last !== newLast && !nudge.first) return null;
  const gone = nudge.first && !(old?.gone?.at > nudge.version) ? { seq: nudge.first - 1, at: nudge.version } : old?.gone;
  const news = { ...(late ? old : nudge), last, gone };
  known.set(nudge.room, news);
  return news;
}

/** @return the news after a message of the room, or null if it is older than what is known */
export function mergeMessage(room, element) {
  const [seq, version] = [Number(element.dataset.seq), Number(element.dataset.version)];
  const old = known.get(room);
  if (old && isBefore({ seq, version }, { seq: old.last_seq, version: old.version })) return null;
  const text = element.querySelector(".message__text")?.cloneNode(true);
  text?.querySelectorAll(".code__bar").forEach((bar) => bar.remove());
  const news = {
    room,
    version,
    last_seq: seq,
    gone: old?.gone,
    last: {
      seq,
      version,
      author: element.dataset.author,
      name: element.querySelector(".message__name").textContent,
      text: text?.textContent.replace(/\s+/g, " ").trim().slice(0, 140),
      at: element.querySelector("time").dateTime,
      deleted: !text,
    },
  };
  known.set(room, news);
  return news;
}
