/** The rooms that were shown last: their parts stay in memory, so that each comes back as it was. */
import { registerHooks } from "../core/hooks.js";
import { rowOf } from "../sidebar/room-row.js";

const MOST = 12; // rooms

const warm = new Map(); // room -> {parts, facts, position, top}, the latest last

export function keepWarm(room, known) {
  if (!rowOf(room)) return; // the person may not be in it any longer
  warm.set(room, known);
  if (warm.size > MOST) warm.delete(warm.keys().next().value);
}

/** What is left of the room in memory, unless it has expired messages. It is the page's own from now on. */
export function takeWarm(room) {
  const known = warm.get(room);
  warm.delete(room);
  const row = rowOf(room);
  const first = known?.parts[0].querySelector("#room-title").dataset.first;
  return row && first !== undefined && Number(first) >= Number(row.dataset.first) ? known : null;
}

/** To be called when the person is signed out, or deactivated. */
export const dropWarm = () => warm.clear();

registerHooks({
  roomsListed(rooms) {
    for (const room of warm.keys()) if (!rooms.includes(room)) warm.delete(room);
  },
});
