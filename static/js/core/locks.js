/** Work in one tab at a time: with Web Locks where the browser has them (over HTTPS), else with a lease in localStorage. */
import { pause } from "./pause.js";

const LEASE = 6000;
const RENEW = 2000;
const SETTLE = 60; // milliseconds: of two tabs that took the lease at once, the last one has it

const tab = crypto.getRandomValues(new Uint32Array(2)).join("");

/** Run the work once no other tab holds the lock of this name. */
export function withLock(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : withLease(`lease:${name}`, work);
}

async function withLease(key, work) {
  while (!await acquire(key)) await pause(SETTLE + RENEW * Math.random());
  const renewal = setInterval(() => write(key), RENEW);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    if (isOurs(key)) localStorage.removeItem(key);
  }
}

async function acquire(key) {
  const lease = read(key);
  if (lease && lease.tab !== tab && lease.until > Date.now()) return false;
  write(key);
  await pause(SETTLE);
  return isOurs(key);
}

const read = (key) => JSON.parse(localStorage.getItem(key) ?? "null");
const isOurs = (key) => read(key)?.tab === tab;
const write = (key) => localStorage.setItem(key, JSON.stringify({ tab, until: Date.now() + LEASE }));
