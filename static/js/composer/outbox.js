/**
 * What the person sent and the server does not have yet. It is on this device's disk before it goes out, and stays there
 * until the server answered, so that it outlives reloads, crashes and weeks in a drawer. docs/delivery.md has the rules.
 *
 * An item is {id, person, room, url, body, failed, note}: `id` is a UUID of version 7, so the order of ids is that of writing;
 * `failed` says in a sentence why it did not go out, `note` what it waits for, if that takes longer.
 */
import { alone } from "../core/locks.js";
import { table } from "../core/store.js";

const kept = table("outbox");
const tabs = new BroadcastChannel("outbox");

/**
 * @param person whose outbox; nobody else's is ever looked at
 * @param deliver async (item, {given, note}) => {done} or {failed: sentence}: goes on trying for as long as it may work, or
 *   until the signal `given` says that the item was given up; `note(sentence)` says what it waits for
 * @param changed called with all items of the person when there are others, also by another tab's doing
 */
export function outbox({ person, deliver, changed }) {
  const running = new Set();
  const under = new Map(); // id -> AbortController, of those on their way from this page

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

  /** One at a time, in their order, however many tabs there are. What is refused steps aside and lets the next go. */
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
        // What was given up meanwhile stays away.
        await kept.change(id, (old) => (done || !old ? null : { ...old, failed, note: "" }));
        await announce();
      }
    }).finally(() => {
      running.delete(room);
      first(room).then((item) => item && run(room)); // came while the lock was given back
    });
  }

  async function runAll() {
    for (const room of new Set((await mine()).filter((item) => !item.failed).map((item) => item.room))) run(room);
  }

  tabs.addEventListener("message", ({ data }) => {
    if (data === person) tell();
  });

  return {
    /** Look at what was left by other pages, and go on with it. */
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
    /** Given up, or here by another way. */
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
