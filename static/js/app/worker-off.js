/** Replaces the service worker when it is switched off: deletes its caches and unregisters. */
const OURS = `hypertalk ${self.chat.base} `;

async function undo() {
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
  await self.registration.unregister();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(undo()));
