/** Replaces the service worker when it is switched off: deletes its caches and unregisters. */
const PREFIX = `hypertalk ${self.chat.base} `;

async function removeAll() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
  await self.registration.unregister();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(removeAll()));
