/**
 * Messages that the server does not have yet. Each is on disk before it is sent, and stays there until the server answered, so
 * that it survives reloads, crashes and weeks offline. docs/delivery.md has the rules.
 *
 * An item is {id, person, room, url, body, failed, note}: `id` is a UUID of version 7, so ids sort by time of writing; `failed`
 * says in a sentence why it was not sent, `note` what it waits for during a longer wait.
 */
import { withLock } from "../core/locks.js";
import { table } from "../core/store.js";

const store = table("outbox");
const tabs = new BroadcastChannel("outbox");

/**
 * @param person the owner; items of other people are never read
 * @param deliver async (item, {signal, note}) => {done} or {failed: sentence}: retries while it may succeed, or until `signal` says
 *   that the item was discarded; `note(sentence)` says what it waits for
 * @param changed called with all items of the person after a change, also in another tab
 */
export function outbox({ person, deliver, changed }) {
  const running = new Set();
  const sending = new Map(); // id -> AbortController, of the items that this page is sending

  const ownItems = async () => (await store.all()).filter((item) => item.person === person);
  const nextItem = async (room) => (await ownItems()).find((item) => item.room === room && !item.failed);

  async function refresh() {
    const items = await ownItems();
    for (const [id, controller] of sending) if (!items.some((item) => item.id === id)) controller.abort();
    changed(items);
  }

  async function announce() {
    tabs.postMessage(person);
    await refresh();
  }

  /** Send the items in order, one at a time across all tabs. A refused item does not block the next. */
  function run(room) {
    if (running.has(room)) return;
    running.add(room);
    withLock(`outbox:${person}:${room}`, async () => {
      for (let item = await nextItem(room); item; item = await nextItem(room)) {
        const { id } = item;
        const controller = new AbortController();
        sending.set(id, controller);
        const note = async (sentence) => {
          await store.change(id, (old) => old && { ...old, note: sentence });
          await announce();
        };
        const { done, failed } = await deliver(item, { signal: controller.signal, note }).finally(() => sending.delete(id));
        // An item that was discarded meanwhile is not stored again.
        await store.change(id, (old) => (done || !old ? null : { ...old, failed, note: "" }));
        await announce();
      }
    }).finally(() => {
      running.delete(room);
      nextItem(room).then((item) => item && run(room)); // added while the lock was being released
    });
  }

  async function runAll() {
    for (const room of new Set((await ownItems()).filter((item) => !item.failed).map((item) => item.room))) run(room);
  }

  tabs.addEventListener("message", ({ data }) => {
    if (data === person) refresh();
  });

  return {
    /** Show and send the items that earlier pages left. */
    async begin() {
      await refresh();
      await runAll();
    },
    async add(item) {
      await store.put({ ...item, person, failed: "", note: "" });
      await announce();
      run(item.room);
    },
    async again(item) {
      await store.put({ ...item, failed: "", note: "" });
      await announce();
      run(item.room);
    },
    /** The item was discarded, or its message arrived. */
    async drop(id) {
      await store.remove(id);
      await announce();
    },
    async waiting() {
      return (await ownItems()).length;
    },
    async empty() {
      for (const { id } of await ownItems()) await store.remove(id);
      tabs.postMessage(person);
    },
    get lasting() {
      return store.lasting;
    },
  };
}
