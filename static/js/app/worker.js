/**
 * The service worker: serves pages from the network, and offline from copies of the rooms visited last. A classic script; /sw.js
 * (chat/pwa/views.py) sets `self.chat`. docs/offline.md says what is cached and why.
 */
const { base, release, files, rooms, offline, door } = self.chat;
const OURS = `hypertalk ${base} `; // a chat below another path of this host has its own caches
const FILES = `${OURS}files `; // + the release
const PAGES = `${OURS}pages `; // + the person; one at a time
const MOST = 20; // rooms
const PATIENCE = 4000; // milliseconds for the network, when there is a copy
const AWAY = new Set([502, 503, 504]); // a proxy answers so if the server is down
const GONE = new Set([401, 403, 404, 410]);
const ANY = { ignoreVary: true };

let emptied = 0; // counts the deletions of all pages: answers to earlier requests are not cached

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

/** All or nothing: a release with a missing file does not take over. */
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

/** Delete the files of releases that no copy of a page needs. */
async function dropFiles() {
  const needed = new Set([release]);
  for (const name of await named(PAGES)) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) needed.add((await cache.match(key, ANY))?.headers.get("Chat-Release"));
  }
  for (const name of await named(FILES)) if (!needed.has(name.slice(FILES.length))) await caches.delete(name);
}

const named = async (beginning) => (await caches.keys()).filter((name) => name.startsWith(beginning));

/** A file's name has the hash of its content, so a cached file is never stale. */
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

/** The copy of a page, marked with its time for scripts and styles. */
async function copyOf(path) {
  const found = await kept(path === base ? rooms : path);
  if (!found) return null;
  const html = await found.text();
  return new Response(html.replace("<html ", `<html data-copy="${found.headers.get("Chat-Kept")}" `), { headers: found.headers });
}

/** Update the copy from an answer: the server marks which pages may be cached, and for whom. */
async function note(path, answer, before) {
  const person = answer.headers.get("Chat-Keep");
  // A cacheable page redirects only to the sign-in page, which may be outside of the worker's scope.
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
  const seen = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== rooms); // oldest first
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
    // No network: keep the existing copy.
  }
}
