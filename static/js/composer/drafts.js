/**
 * The drafts of a person: stored on this device at once, and on the server every few seconds, for their other devices.
 *
 * A row is {id, person, room, body, at, state, dirty, older, refused}: `at` is when it was typed (milliseconds), `state` the
 * server's last known state of the draft, `dirty` whether the server does not have this body yet, `older` a text that this one
 * replaced, and `refused` the `at` of a draft that the server refused. Of conflicting drafts of two devices, the later one wins;
 * the server decides.
 */
import { at, get, post } from "../core/net.js";
import { table } from "../core/store.js";

const store = table("drafts", { durability: "relaxed" });
const tabs = new BroadcastChannel("drafts");
const REFUSALS = new Set([404, 413, 422]);

/** Whether a text is neither the beginning of another nor its continuation. */
const isAnother = (one, other) => Boolean(one.trim() && other.trim()) && !other.startsWith(one) && !one.startsWith(other);

/**
 * @param person the owner; drafts of other people are never read
 * @param changed called with a room whose draft changed in another tab or on another device
 */
export function drafts({ person, changed }) {
  const rows = new Map(); // room -> row; the page's state, which is then written to disk
  const typedHere = new Set(); // rooms with text typed on this page that the server does not have yet
  const writing = new Map(); // room -> promise
  const pushing = new Map(); // room -> {at, done: promise}

  const idOf = (room) => `${person}:${room}`;
  const emptyRow = (room) => ({ id: idOf(room), person, room, body: "", at: 0, state: "", dirty: false, older: "", refused: 0 });
  const known = (room) => rows.get(room) ?? emptyRow(room);

  function change(room, values) {
    rows.set(room, { ...known(room), ...values });
    if (!writing.has(room)) writing.set(room, write(room));
  }

  /** One write at a time, of the newest row. A later row of another tab stays. */
  async function write(room) {
    let last = null;
    do {
      last = rows.get(room);
      const { id, at: when, body, dirty, older } = last;
      const there = await store.change(id, (old) => (old?.at > when ? old : body || dirty || older ? last : null));
      if (there && there !== last && rows.get(room) === last) adopt(there);
    } while (rows.get(room) !== last);
    writing.delete(room);
    tabs.postMessage({ person, room });
  }

  /** Another tab has a different row. Text being typed here stays, and counts as newer from now on. */
  function adopt(row) {
    const { room } = row;
    if (typedHere.has(room) && row.body !== known(room).body) return change(room, { at: Date.now(), dirty: true });
    rows.set(room, row);
    return changed(room);
  }

  async function send(row, leaving) {
    const fields = new FormData(); // a third of the size of a URL-encoded form: browsers limit requests that outlive the page
    fields.set("body", row.body);
    fields.set("based_on", row.state);
    fields.set("age", Math.max(0, Date.now() - row.at));
    const answer = await post(at(`rooms/${row.room}/draft/`), fields, { keepalive: leaving });
    const same = known(row.room).at === row.at; // nothing was typed meanwhile
    if (same && answer.ok) typedHere.delete(row.room);
    if (answer.ok || answer.status === 409) {
      const { body, state, older } = await answer.json();
      if (answer.ok) change(row.room, { state, ...(older && { older }), ...(same && { dirty: false }) });
      else if (same) change(row.room, { body, state, older, dirty: false });
      if (older) changed(row.room);
    } else if (REFUSALS.has(answer.status) && same) {
      change(row.room, { refused: row.at }); // it stays on this device until it is edited
    }
  }

  /** Whether the draft is still to be sent, and was not refused. */
  const waits = (room) => known(room).dirty && known(room).refused !== known(room).at;

  /** Send the draft, if the server does not have it. Text typed meanwhile goes with the next request. */
  function push(room, { leaving = false } = {}) {
    const row = known(room);
    if (!waits(room)) return Promise.resolve();
    const running = pushing.get(room);
    if (running && leaving && running.at === row.at) return running.done;
    if (running && !leaving) return running.done.then(() => push(room)); // it may fail, or have older text
    // Without an answer it stays dirty, and is sent with the next one or when the connection is back.
    const request = { at: row.at };
    request.done = send(row, leaving).catch(() => {}).finally(() => pushing.get(room) === request && pushing.delete(room));
    pushing.set(room, request);
    return request.done;
  }

  const ownRows = async () => (await store.all()).filter((row) => row.person === person);

  tabs.addEventListener("message", async ({ data: { person: whose, room } }) => {
    if (whose !== person || !rows.has(room)) return;
    const row = (await ownRows()).find((each) => each.room === room) ?? { ...emptyRow(room), at: known(room).at };
    const typing = typedHere.has(room) && row.body; // typing in two tabs: each page keeps its own text, the disk has the last one
    if (!typing && row.at >= known(room).at && !writing.has(room)) adopt(row);
  });

  return {
    known,
    waits,
    push,
    typed(room, body) {
      typedHere.add(room);
      change(room, { body, at: Date.now(), dirty: true });
    },
    /** The user typed over a field that did not show the stored draft. That draft becomes `older`. */
    typedOver(room, body) {
      const before = known(room).body;
      typedHere.add(room);
      change(room, { body, at: Date.now(), dirty: true, ...(isAnother(before, body) && { older: before }) });
    },
    /** Take the draft that the page was loaded with, if the page is current. A draft that the server does not have stays. */
    async meet(room, body, state) {
      const row = (await ownRows()).find((each) => each.room === room) ?? emptyRow(room);
      if (!rows.has(room)) rows.set(room, row);
      if (state !== undefined && !known(room).dirty) change(room, { body, state });
    },
    /** The server reports another state, or none. */
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
    /** The message was sent: clear the draft, also on the server if it has one. */
    async end(room) {
      typedHere.delete(room);
      change(room, { body: "", at: Date.now(), dirty: Boolean(known(room).state) || pushing.has(room) });
      await pushing.get(room)?.done;
      await push(room);
    },
    /** Swap the draft and the older text. */
    swap: (room) => change(room, { body: known(room).older, older: known(room).body.trim() && known(room).body, at: Date.now(), dirty: true }),
    /** A backup may have been restored, without this draft: send it again. */
    anew: (room) => known(room).body.trim() && change(room, { state: "", dirty: true }),
    drop: (room) => change(room, { older: "" }),
    /** The person is no longer in the room: keep the text on this device. */
    keepHere: (room) => known(room).body && change(room, { dirty: true, refused: known(room).at }),
    /** Send all drafts that the server does not have, also of other rooms. */
    async pushAll() {
      for (const row of await ownRows()) if (!rows.has(row.room)) rows.set(row.room, row);
      await Promise.all([...rows.keys()].map((room) => push(room)));
    },
    /** Remove all drafts of the person from this device. */
    async empty() {
      await Promise.all(writing.values());
      for (const { id } of await ownRows()) await store.remove(id);
    },
    /** Whether closing the page would lose a draft. */
    get perishable() {
      return !store.lasting && [...rows.values()].some((row) => row.dirty && row.body);
    },
  };
}
