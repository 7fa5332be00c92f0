/** What the service worker keeps on this device, as far as pages have a say in it. Plain HTTP has neither. */
import { at } from "./net.js";

const { base, worker } = document.body.dataset;
const KEEP_AGAIN_AFTER = 60_000; // milliseconds
const caches = window.caches;
const workers = navigator.serviceWorker;

/** The copies of the person's pages; with the files, if the worker itself goes. */
async function drop(beginning) {
  for (const name of await caches?.keys() ?? []) if (name.startsWith(`hypertalk ${base} ${beginning}`)) await caches.delete(name);
}

export const forgetPages = () => drop("pages ");

/** A room that is not ours any longer. */
export async function forgetRoom(room) {
  for (const name of await caches?.keys() ?? []) {
    if (name.startsWith(`hypertalk ${base} pages `)) await (await caches.open(name)).delete(at(`rooms/${room}/`), { ignoreVary: true });
  }
}

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
