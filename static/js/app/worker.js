/**
 * The service worker: pages come from the network, and without one the last copies of the rooms seen last. A classic
 * script; /sw.js (chat/pwa/views.py) says in `self.chat` what it serves. docs/offline.md says what is kept, and why.
 */
const { base, release, files, rooms, offline, door } = self.chat;
const OURS = `hypertalk ${base} `; // a chat below another path of this host has caches of its own
const FILES = `${OURS}files `; // + the release
const PAGES = `${OURS}pages `; // + the person, of whom there is one at a time
const MOST = 20; // rooms
const PATIENCE = 4000; // milliseconds for the network, when there is a copy
const AWAY = new Set([502, 503, 504]); // a proxy's word for a server that is not there
const GONE = new Set([401, 403, 404, 410]);
const ANY = { ignoreVary: true };

let emptied = 0; // how often: what was asked for before is not kept after

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (files.includes(pathname) || /\.[0-9a-f]{12}\.\w+$/.test(pathname)) event.respondWith(file(request));
});
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(Promise.all(event.data.keep.map(fetchCopy)));
});

/** All or nothing: a release of which a file is missing does not take over. */
async function install() {
  const cache = await caches.open(FILES + release);
  await cache.addAll([...files, new Request(offline, { cache: "no-store" })]);
  await self.skipWaiting();
}

async function activate() {
  await self.registration.navigationPreload?.enable();
  await dropFiles();
  await self.clients.claim();
}

/** A copy of a page needs the files of its own release: they go when no page needs them. */
async function dropFiles() {
  const needed = new Set([release]);
  for (const name of await named(PAGES)) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) needed.add((await cache.match(key, ANY))?.headers.get("Chat-Release"));
  }
  for (const name of await named(FILES)) if (!needed.has(name.slice(FILES.length))) await caches.delete(name);
}

const named = async (beginning) => (await caches.keys()).filter((name) => name.startsWith(beginning));

/** Its name holds its content's hash: what is kept is never stale. */
const file = async (request) => (await caches.match(request.url, ANY)) ?? fetch(request);

async function page(event, path) {
  const before = emptied;
  const asked = (async () => (await event.preloadResponse) ?? fetch(event.request))();
  const noted = asked.then((answer) => note(path, answer.headers.has("Chat-Keep") ? answer.clone() : answer, before));
  event.waitUntil(noted.catch(() => {}));
  const copy = await copyOf(path);
  const patience = copy && new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const answer = await Promise.race([asked.catch(() => null), patience].filter(Boolean));
  if (answer && !(copy && AWAY.has(answer.status))) return answer;
  if (copy) return copy;
  return (await caches.match(offline, ANY)) ?? Response.error();
}

async function kept(path) {
  const [name] = await named(PAGES);
  return name && (await caches.open(name)).match(path, ANY);
}

/** With a mark for the page's scripts and styles: what one sees is of then. */
async function copyOf(path) {
  const found = await kept(path === base ? rooms : path);
  if (!found) return null;
  const html = await found.text();
  return new Response(html.replace("<html ", `<html data-copy="${found.headers.get("Chat-Kept")}" `), { headers: found.headers });
}

/** What an answer says about the copy: the server marks what may be kept, and by whom. */
async function note(path, answer, before) {
  const person = answer.headers.get("Chat-Keep");
  // What may be kept leads on to the door alone, and the door may be outside of what the worker sees.
  if (answer.type === "opaqueredirect" ? await kept(path) : path === door && answer.ok) await empty();
  else if (GONE.has(answer.status)) await drop(path);
  else if (answer.ok && person) await keep(path, answer, PAGES + person, before);
}

async function keep(path, answer, name, before) {
  const headers = new Headers(answer.headers);
  headers.set("Chat-Kept", new Date().toISOString());
  const body = await answer.blob();
  for (const other of await named(PAGES)) if (other !== name) await caches.delete(other);
  if (before !== emptied) return;
  const cache = await caches.open(name);
  await cache.delete(path, ANY);
  await cache.put(path, new Response(body, { headers }));
  const seen = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== rooms); // in the order of keeping
  for (const old of seen.slice(0, -MOST)) await cache.delete(old, ANY);
}

async function drop(path) {
  for (const name of await named(PAGES)) await (await caches.open(name)).delete(path, ANY);
}

async function empty() {
  emptied += 1;
  for (const name of await named(PAGES)) await caches.delete(name);
}

async function fetchCopy(path) {
  const before = emptied;
  try {
    await note(path, await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "manual" }), before);
  } catch {
    // No network: the copy that there is stays.
  }
}
