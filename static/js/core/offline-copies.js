/** Manages the pages that the service worker caches on this device. Over plain HTTP there is neither worker nor cache. */
import { at } from "./net.js";

const { base, worker } = document.body.dataset;
const REFRESH_AFTER = 60_000; // milliseconds
const QUIET = 2000; // milliseconds in one room
const caches = window.caches;
const workers = navigator.serviceWorker;

/** The names of our caches with this prefix. */
const cacheNames = async (prefix) => (await caches?.keys() ?? []).filter((name) => name.startsWith(`hypertalk ${base} ${prefix}`));

/** Delete the caches with this prefix: the person's pages, or all if the worker is being removed. */
async function deleteCaches(prefix) {
  for (const name of await cacheNames(prefix)) await caches.delete(name);
}

export const deleteCopies = () => deleteCaches("pages ");

/** The copies of pages: {cache, copy, path}. */
async function* copies() {
  for (const name of await cacheNames("pages ")) {
    const cache = await caches.open(name);
    for (const copy of await cache.keys()) yield { cache, copy, path: new URL(copy.url).pathname };
  }
}

const storedAt = new Map(); // path -> milliseconds

/** Delete the copies of all rooms but these: the person has left them, was removed, or they are no more. */
export async function deleteOtherCopies(rooms) {
  const paths = new Set([at("rooms/"), ...rooms.map((room) => at(`rooms/${room}/`))]);
  for await (const { cache, copy, path } of copies()) {
    if (paths.has(path)) continue;
    storedAt.delete(path);
    await cache.delete(copy, { ignoreVary: true });
  }
}

/** Have the worker store the page at this path, at most once a minute. */
function storeCopy(path) {
  if (!workers?.controller || Date.now() - (storedAt.get(path) ?? 0) < REFRESH_AFTER) return;
  storedAt.set(path, Date.now());
  workers.controller.postMessage({ keep: [path] });
}

const due = new Map(); // path of a room's page -> the room's version
let timer = 0;

/**
 * The page shows a room, and was not loaded with it. Its page is stored when the person stays there, or leaves: not while they look into
 * one room after the other. A copy that has this version of the room is not made again.
 */
export function storeCopySoon(path, version) {
  if (!workers?.controller) return;
  due.set(path, version);
  clearTimeout(timer);
  timer = setTimeout(async () => {
    for (const [each, of] of takeDue()) if (!await isHeld(each, of).catch(() => false)) storeCopy(each);
  }, QUIET);
}

function takeDue() {
  clearTimeout(timer);
  const paths = [...due];
  due.clear();
  return paths;
}

/** Whether a copy of the page has this version of the room, or a later one. */
async function isHeld(path, version) {
  const copy = await caches.match(path, { ignoreVary: true });
  const [, held] = (await copy?.text())?.match(/ data-held="(\d+)"/) ?? [];
  return Number(held) >= version;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const [path] of takeDue()) storeCopy(path);
});

const checked = new Map(); // room -> the first seq for which this page has checked the copies
// Each copy has the room list. Of each room: its id, its first seq then, and the seq of the last message, which the row shows.
const ROWS = /id="place-([^"]+)"[^>]*? data-first="(\d+)" data-last-seq="(\d+)" data-/g;

/**
 * Delete copies with messages that retention has removed: the room's own messages, or its last one in the room list of any page.
 * @param rows {room, first} of each room in the list
 */
export async function deleteExpiredCopies(rows) {
  const firstSeqs = new Map(rows.filter(({ first }) => Number(first) > 1).map(({ room, first }) => [room, Number(first)]));
  if ([...firstSeqs].every(([room, first]) => checked.get(room) === first)) return;
  const list = at("rooms/");
  for await (const { cache, copy, path } of copies()) {
    const answer = await cache.match(copy, { ignoreVary: true });
    if (!answer || !isOlder(path, await answer.text(), firstSeqs)) continue;
    await cache.delete(copy, { ignoreVary: true });
    if (path === list) workers.controller?.postMessage({ keep: [list] }); // the app starts there
  }
  for (const [room, first] of firstSeqs) checked.set(room, first);
}

/** A page shows its own room's messages from the first on, and of other rooms the last message. */
const isOlder = (path, html, firstSeqs) => [...html.matchAll(ROWS)].some(([, room, first, last]) => {
  const shown = path === at(`rooms/${room}/`) ? first : last;
  return Number(first) <= Number(last) && Number(shown) < firstSeqs.get(room);
});

async function register() {
  const controlled = Boolean(workers.controller);
  await workers.register(worker, { scope: base, updateViaCache: "none" });
  const { active } = await workers.ready;
  // This page was loaded before the worker was active, and the app starts with the list.
  if (!controlled) active.postMessage({ keep: [at("rooms/"), location.pathname] });
  let cachedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden || !document.documentElement.dataset.live || Date.now() - cachedAt < REFRESH_AFTER) return;
    cachedAt = Date.now();
    active.postMessage({ keep: [location.pathname] });
  });
}

async function unregister() {
  const registration = await workers.getRegistration(base);
  if (registration?.scope === new URL(base, location.href).href) await registration.unregister();
  await deleteCaches("");
}

if (workers) (worker ? register() : unregister()).catch((error) => console.info("hypertalk caches no pages on this device:", error));
