/**
 * What the person has half-typed: on this device at once, and on the server every few seconds, for their other devices.
 *
 * A row is {id, person, room, body, at, state, dirty, older, refused}: `at` is when it was typed (milliseconds), `state` names
 * what the server had when it was last heard, `dirty` is whether the server does not have this yet, `older` is a text that
 * gave way to it, and `refused` the `at` of what the server does not take. Of two devices that did not know of each other the
 * later one wins; the server decides.
 */
import { at, get, post } from "../core/net.js";
import { table } from "../core/store.js";

const kept = table("drafts", { durability: "relaxed" });
const tabs = new BroadcastChannel("drafts");
const REFUSALS = new Set([404, 413, 422]);

/** Whether a text is neither the beginning of another nor its continuation. */
const isAnother = (one, other) => Boolean(one.trim() && other.trim()) && !other.startsWith(one) && !one.startsWith(other);

/**
 * @param person whose drafts; nobody else's are ever looked at
 * @param changed called with a room whose draft is another by another tab or device
 */
export function drafts({ person, changed }) {
  const rows = new Map(); // room -> row; the truth of this page, which the disk follows
  const here = new Set(); // rooms whose draft was typed on this page, and is not with the server yet
  const writing = new Map(); // room -> promise
  const pushing = new Map(); // room -> {at, done: promise}

  const idOf = (room) => `${person}:${room}`;
  const nothing = (room) => ({ id: idOf(room), person, room, body: "", at: 0, state: "", dirty: false, older: "", refused: 0 });
  const known = (room) => rows.get(room) ?? nothing(room);

  function change(room, values) {
    rows.set(room, { ...known(room), ...values });
    if (!writing.has(room)) writing.set(room, write(room));
  }

  /** One write at a time, of what is newest then. What another tab typed later stays. */
  async function write(room) {
    let last = null;
    do {
      last = rows.get(room);
      const { id, at: when, body, dirty, older } = last;
      const there = await kept.change(id, (old) => (old?.at > when ? old : body || dirty || older ? last : null));
      if (there && there !== last && rows.get(room) === last) meanwhile(there);
    } while (rows.get(room) !== last);
    writing.delete(room);
    tabs.postMessage({ person, room });
  }

  /** Another tab has it otherwise. What is being typed here stays, and is the newer one from then on. */
  function meanwhile(row) {
    const { room } = row;
    if (here.has(room) && row.body !== known(room).body) return change(room, { at: Date.now(), dirty: true });
    rows.set(room, row);
    return changed(room);
  }

  async function bring(row, leaving) {
    const fields = new FormData(); // a third of the bytes of a form: what is sent on leaving is bounded
    fields.set("body", row.body);
    fields.set("based_on", row.state);
    fields.set("age", Math.max(0, Date.now() - row.at));
    const answer = await post(at(`rooms/${row.room}/draft/`), fields, { keepalive: leaving });
    const same = known(row.room).at === row.at; // nothing was typed meanwhile
    if (same && answer.ok) here.delete(row.room);
    if (answer.ok || answer.status === 409) {
      const { body, state, older } = await answer.json();
      if (answer.ok) change(row.room, { state, ...(older && { older }), ...(same && { dirty: false }) });
      else if (same) change(row.room, { body, state, older, dirty: false });
      if (older) changed(row.room);
    } else if (REFUSALS.has(answer.status) && same) {
      change(row.room, { refused: row.at }); // it stays here, until it is another
    }
  }

  /** Whether the server does not have it, and may take it. */
  const waits = (room) => known(room).dirty && known(room).refused !== known(room).at;

  /** To the server, if it does not have it. What is typed meanwhile goes with the next. */
  function push(room, { leaving = false } = {}) {
    const row = known(room);
    if (!waits(room)) return Promise.resolve();
    const under = pushing.get(room);
    if (under && leaving && under.at === row.at) return under.done;
    if (under && !leaving) return under.done.then(() => push(room)); // it may fail, or be of what was typed before
    // Without an answer it stays dirty, and goes with the next or when the line is back.
    const way = { at: row.at };
    way.done = bring(row, leaving).catch(() => {}).finally(() => pushing.get(room) === way && pushing.delete(room));
    pushing.set(room, way);
    return way.done;
  }

  const mine = async () => (await kept.all()).filter((row) => row.person === person);

  tabs.addEventListener("message", async ({ data: { person: whose, room } }) => {
    if (whose !== person || !rows.has(room)) return;
    const row = (await mine()).find((each) => each.room === room) ?? { ...nothing(room), at: known(room).at };
    const typing = here.has(room) && row.body; // two at once: each page keeps its own, the disk what is typed last
    if (!typing && row.at >= known(room).at && !writing.has(room)) meanwhile(row);
  });

  return {
    known,
    waits,
    push,
    typed(room, body) {
      here.add(room);
      change(room, { body, at: Date.now(), dirty: true });
    },
    /** The same, over something that was there without having been shown. */
    typedOver(room, body) {
      const before = known(room).body;
      here.add(room);
      change(room, { body, at: Date.now(), dirty: true, ...(isAnother(before, body) && { older: before }) });
    },
    /** What the page came with, if that is of now. What this device has and the server has not stays. */
    async meet(room, body, state) {
      const row = (await mine()).find((each) => each.room === room) ?? nothing(room);
      if (!rows.has(room)) rows.set(room, row);
      if (state !== undefined && !known(room).dirty) change(room, { body, state });
    },
    /** The server says that it has another one, or none. */
    async heard(room, state) {
      await pushing.get(room)?.done;
      if (known(room).state === state) return undefined;
      if (known(room).dirty) return push(room);
      const answer = await get(at(`rooms/${room}/draft/`)).catch(() => null);
      const row = known(room);
      if (!answer?.ok || row.dirty) return undefined;
      const found = await answer.json();
      change(room, { ...found, ...(isAnother(row.body, found.body) && { older: row.body }) });
      return changed(room);
    },
    /** It went out. The server learns of it, if it has any. */
    async end(room) {
      here.delete(room);
      change(room, { body: "", at: Date.now(), dirty: Boolean(known(room).state) || pushing.has(room) });
      await pushing.get(room)?.done;
      await push(room);
    },
    /** What gave way comes back, and this gives way. */
    swap: (room) => change(room, { body: known(room).older, older: known(room).body.trim() && known(room).body, at: Date.now(), dirty: true }),
    /** The place went back to a backup, perhaps, and what it had of this is gone: what stands here is told anew. */
    anew: (room) => known(room).body.trim() && change(room, { state: "", dirty: true }),
    drop: (room) => change(room, { older: "" }),
    /** The room is theirs no more: the text is. */
    keepHere: (room) => known(room).body && change(room, { dirty: true, refused: known(room).at }),
    /** Everything that the server does not have yet, also of other rooms. */
    async pushAll() {
      for (const row of await mine()) if (!rows.has(row.room)) rows.set(row.room, row);
      await Promise.all([...rows.keys()].map((room) => push(room)));
    },
    /** Nothing of the person stays on this device. */
    async empty() {
      await Promise.all(writing.values());
      for (const { id } of await mine()) await kept.remove(id);
    },
    /** Whether something would be lost with the page. */
    get perishable() {
      return !kept.lasting && [...rows.values()].some((row) => row.dirty && row.body);
    },
  };
}
