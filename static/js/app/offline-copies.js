/** What the service worker keeps on this device, as far as pages have a say in it. Plain HTTP has neither. */
import { at } from "../core/net.js";

const { base, worker } = document.body.dataset;
const KEEP_AGAIN_AFTER = 60_000; // milliseconds
const caches = window.caches;
const workers = navigator.serviceWorker;

/** The names of ours that go on like this. */
const ours = async (beginning) => (await caches?.keys() ?? []).filter((name) => name.startsWith(`hypertalk ${base} ${beginning}`));

/** The copies of the person's pages; with the files, if the worker itself goes. */
async function drop(beginning) {
  for (const name of await ours(beginning)) await caches.delete(name);
}

export const forgetPages = () => drop("pages ");

/** A room that is not ours any longer. */
export async function forgetRoom(room) {
  for (const name of await ours("pages ")) await (await caches.open(name)).delete(at(`rooms/${room}/`), { ignoreVary: true });
}

const dropped = new Map(); // room -> its first, up to which this page has looked through the copies
// Of each room in the list that each copy has: its id, its first message then, and the last, whose words the row says.
const ROWS = /id="place-([^"]+)"[^>]*? data-first="(\d+)" data-last-seq="(\d+)" data-/g;

/**
 * Rooms that do not keep what a copy still has, of themselves or as the last line of one in the list that each page has.
 * @param rows {room, first} of each, as the list says
 */
export async function forgetOlder(rows) {
  const begins = new Map(rows.filter(({ first }) => Number(first) > 1).map(({ room, first }) => [room, Number(first)]));
  if ([...begins].every(([room, first]) => dropped.get(room) === first)) return;
  const list = at("rooms/");
  for (const name of await ours("pages ")) {
    const cache = await caches.open(name);
    for (const copy of await cache.keys()) {
      const path = new URL(copy.url).pathname;
      const answer = await cache.match(copy, { ignoreVary: true });
      if (!answer || !isOlder(path, await answer.text(), begins)) continue;
      await cache.delete(copy, { ignoreVary: true });
      if (path === list) workers.controller?.postMessage({ keep: [list] }); // where the app begins
    }
  }
  for (const [room, first] of begins) dropped.set(room, first);
}

/** Of its own room a page shows messages from the first on, of the others the last one's words. */
const isOlder = (path, html, begins) => [...html.matchAll(ROWS)].some(([, room, first, last]) => {
  const shown = path === at(`rooms/${room}/`) ? first : last;
  return Number(first) <= Number(last) && Number(shown) < begins.get(room);
});

async function ask() {
  const controlled = Boolean(workers.controller);
  await workers.register(worker, { scope: base, updateViaCache: "none" });
  const { active } = await workers.ready;
  // This page came before the worker was there, and the list is where the app begins.
  if (!controlled) active.postMessage({ keep: [at("rooms/"), location.pathname] });
  let keptAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !document.documentElement.dataset.live || Date.now() - keptAt < KEEP_AGAIN_AFTER) return;
    keptAt = Date.now();
    active.postMessage({ keep: [location.pathname] });
  });
}

async function retire() {
  const registration = await workers.getRegistration(base);
  if (registration?.scope === new URL(base, location.href).href) await registration.unregister();
  await drop("");
}

if (workers) (worker ? ask() : retire()).catch((error) => console.info("hypertalk keeps no pages here:", error));
