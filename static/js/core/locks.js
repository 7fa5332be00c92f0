/** One tab at a time: the browser's locks where it has them (over HTTPS), else a lease in its storage. */
const LEASE = 6000;
const RENEW = 2000;
const SETTLE = 60; // milliseconds, for two tabs that took the same lease at once to see who was last

const tab = crypto.getRandomValues(new Uint32Array(2)).join("");
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Do the work when no other tab does any under this name. */
export function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : leased(`lease:${name}`, work);
}

async function leased(key, work) {
  while (!await take(key)) await pause(SETTLE + RENEW * Math.random());
  const renewing = setInterval(() => write(key), RENEW);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
    if (mine(key)) localStorage.removeItem(key);
  }
}

async function take(key) {
  const held = read(key);
  if (held && held.tab !== tab && held.until > Date.now()) return false;
  write(key);
  await pause(SETTLE);
  return mine(key);
}

const read = (key) => JSON.parse(localStorage.getItem(key) ?? "null");
const mine = (key) => read(key)?.tab === tab;
const write = (key) => localStorage.setItem(key, JSON.stringify({ tab, until: Date.now() + LEASE }));
