/** In the place of the service worker where it is switched off: takes back what it kept, and itself. */
const OURS = `hypertalk ${self.chat.base} `;

async function undo() {
  for (const name of await caches.keys()) if (name.startsWith(OURS)) await caches.delete(name);
  await self.registration.unregister();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(undo()));
