/**
 * The service worker: serves pages from the network, and offline from copies of the rooms visited last. A classic script; /sw.js
 * (chat/pwa/views.py) sets `self.chat`. docs/offline.md says what is cached and why.
 */
const { base, release, files, rooms, offline, signIn: signInPath } = self.chat;
const PREFIX = `hypertalk ${base} `; // a chat below another path of this host has its own caches
const FILES = `${PREFIX}files `; // + the release
const PAGES = `${PREFIX}pages `; // + the person; one at a time
const MAX_ROOMS = 20;
const NETWORK_TIMEOUT = 4000; // milliseconds for the network, when there is a copy
const UNAVAILABLE = new Set([502, 503, 504]); // a proxy answers so if the server is down
const GONE = new Set([401, 403, 404, 410]);
const IGNORE_VARY = { ignoreVary: true };

let clearCount = 0; // counts the deletions of all pages: answers to earlier requests are not cached

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
  for (const name of await cacheNames(PAGES)) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) needed.add((await cache.match(key, IGNORE_VARY))?.headers.get("Chat-Release"));
  }
  for (const name of await cacheNames(FILES)) if (!needed.has(name.slice(FILES.length))) await caches.delete(name);
}

const cacheNames = async (prefix) => (await caches.keys()).filter((name) => name.startsWith(prefix));

/** A file's name has the hash of its content, so a cached file is never stale. */
const file = async (request) => (await caches.match(request.url, IGNORE_VARY)) ?? fetch(request);

async function page(event, path) {
  const before = clearCount;
  const response = (async () => (await event.preloadResponse) ?? fetch(event.request))();
  const updated = response.then((answer) => updateCopy(path, answer.headers.has("Chat-Keep") ? answer.clone() : answer, before));
  event.waitUntil(updated.catch(() => {}));
  const copy = await offlineCopy(path);
  const timeout = copy && new Promise((resolve) => { setTimeout(resolve, NETWORK_TIMEOUT); });
  const answer = await Promise.race([response.catch(() => null), timeout].filter(Boolean));
  if (answer && !(copy && UNAVAILABLE.has(answer.status))) return answer;
  if (copy) return copy;
  return (await caches.match(offline, IGNORE_VARY)) ?? Response.error();
}

async function cachedPage(path) {
  const [name] = await cacheNames(PAGES);
  return name && (await caches.open(name)).match(path, IGNORE_VARY);
}

/** The copy of a page, marked with its time for scripts and styles. */
async function offlineCopy(path) {
  const found = await cachedPage(path === base ? rooms : path);
  if (!found) return null;
  const html = await found.text();
  return new Response(html.replace("<html ", `<html data-copy="${found.headers.get("Chat-Kept")}" `), { headers: found.headers });
}

/** Update the copy from an answer: the server marks which pages may be cached, and for whom. */
async function updateCopy(path, answer, before) {
  const person = answer.headers.get("Chat-Keep");
  // A cacheable page redirects only to the sign-in page, which may be outside of the worker's scope.
  if (answer.type === "opaqueredirect" ? await cachedPage(path) : path === signInPath && answer.ok) await clear();
  else if (GONE.has(answer.status)) await remove(path);
  else if (answer.ok && person) await store(path, answer, PAGES + person, before);
}

async function store(path, answer, name, before) {
  const headers = new Headers(answer.headers);
  headers.set("Chat-Kept", new Date().toISOString());
  const body = await answer.blob();
  for (const other of await cacheNames(PAGES)) if (other !== name) await caches.delete(other);
  if (before !== clearCount) return;
  const cache = await caches.open(name);
  await cache.delete(path, IGNORE_VARY);
  await cache.put(path, new Response(body, { headers }));
  const seen = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== rooms); // oldest first
  for (const old of seen.slice(0, -MAX_ROOMS)) await cache.delete(old, IGNORE_VARY);
}

async function remove(path) {
  for (const name of await cacheNames(PAGES)) await (await caches.open(name)).delete(path, IGNORE_VARY);
}

async function clear() {
  clearCount += 1;
  for (const name of await cacheNames(PAGES)) await caches.delete(name);
}

async function fetchCopy(path) {
  const before = clearCount;
  try {
    await updateCopy(path, await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "manual" }), before);
  } catch {
    // No network: keep the existing copy.
  }
}
