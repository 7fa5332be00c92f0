/**
 * Messages that the server does not have yet. Each is on disk before it is sent, and stays there until the server answered, so
 * that it survives reloads, crashes and weeks offline. docs/delivery.md has the rules.
 *
 * An item is {id, person, room, url, body, failed, note}: `id` is a UUID of version 7, so ids sort by time of writing; `failed`
 * says in a sentence why it was not sent, `note` what it waits for during a longer wait.
 */
import { alone } from "../core/locks.js";
import { table } from "../core/store.js";

const kept = table("outbox");
const tabs = new BroadcastChannel("outbox");

/**
 * @param person the owner; items of other people are never read
 * @param deliver async (item, {given, note}) => {done} or {failed: sentence}: retries while it may succeed, or until the signal
 *   `given` says that the item was discarded; `note(sentence)` says what it waits for
 * @param changed called with all items of the person after a change, also in another tab
 */
export function outbox({ person, deliver, changed }) {
  const running = new Set();
  const under = new Map(); // id -> AbortController, of the items that this page is sending

  const mine = async () => (await kept.all()).filter((item) => item.person === person);
  const first = async (room) => (await mine()).find((item) => item.room === room && !item.failed);

  async function tell() {
    const items = await mine();
    for (const [id, way] of under) if (!items.some((item) => item.id === id)) way.abort();
    changed(items);
  }

  async function announce() {
    tabs.postMessage(person);
    await tell();
  }

  /** Send the items in order, one at a time across all tabs. A refused item does not block the next. */
  function run(room) {
    if (running.has(room)) return;
    running.add(room);
    alone(`outbox:${person}:${room}`, async () => {
      for (let item = await first(room); item; item = await first(room)) {
        const { id } = item;
        const way = new AbortController();
        under.set(id, way);
        const note = async (sentence) => {
          await kept.change(id, (old) => old && { ...old, note: sentence });
          await announce();
        };
        const { done, failed } = await deliver(item, { given: way.signal, note }).finally(() => under.delete(id));
        // An item that was discarded meanwhile is not stored again.
        await kept.change(id, (old) => (done || !old ? null : { ...old, failed, note: "" }));
        await announce();
      }
    }).finally(() => {
      running.delete(room);
      first(room).then((item) => item && run(room)); // added while the lock was being released
    });
  }

  async function runAll() {
    for (const room of new Set((await mine()).filter((item) => !item.failed).map((item) => item.room))) run(room);
  }

  tabs.addEventListener("message", ({ data }) => {
    if (data === person) tell();
  });

  return {
    /** Show and send the items that earlier pages left. */
    async begin() {
      await tell();
      await runAll();
    },
    async add(item) {
      await kept.put({ ...item, person, failed: "", note: "" });
      await announce();
      run(item.room);
    },
    async again(item) {
      await kept.put({ ...item, failed: "", note: "" });
      await announce();
      run(item.room);
    },
    /** The item was discarded, or its message arrived. */
    async drop(id) {
      await kept.remove(id);
      await announce();
    },
    async waiting() {
      return (await mine()).length;
    },
    async empty() {
      for (const { id } of await mine()) await kept.remove(id);
      tabs.postMessage(person);
    },
    get lasting() {
      return kept.lasting;
    },
  };
}
