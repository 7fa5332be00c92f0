/**
 * What the person sent and the server does not have yet. It is on this device's disk before it goes out, and stays there
 * until the server answered, so that it outlives reloads, crashes and weeks in a drawer. docs/delivery.md has the rules.
 *
 * An item is {id, person, room, url, body, failed}: `id` is a UUID of version 7, so the order of ids is that of writing;
 * `failed` says in a sentence why it did not go out.
 */
import { alone } from "./locks.js";
import { table } from "./store.js";

const kept = table("outbox");
const tabs = new BroadcastChannel("outbox");

/**
 * @param person whose outbox; nobody else's is ever looked at
 * @param deliver async (item) => {done} or {failed: sentence}: goes on trying for as long as it may work
 * @param changed called with all items of the person when there are others, also by another tab's doing
 */
export function outbox({ person, deliver, changed }) {
  const running = new Set();

  const mine = async () => (await kept.all()).filter((item) => item.person === person);
  const first = async (room) => (await mine()).find((item) => item.room === room && !item.failed);

  async function tell() {
    changed(await mine());
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
        const { done, failed } = await deliver(item);
        if (done) await kept.remove(item.id);
        else await kept.put({ ...item, failed });
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
      await kept.put({ ...item, person, failed: "" });
      await announce();
      run(item.room);
    },
    async again(item) {
      await kept.put({ ...item, failed: "" });
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
