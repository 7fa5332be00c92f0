/** Data stored on this device: tables in IndexedDB; in memory only, where the browser has none or refuses. */
const NAME = "hypertalk";
const VERSION = 2;
// These are in one database, with the person in each id. Any other table has a database of its own, for each person who uses this
// browser: raising the version would take this one from pages of an older release.
const TABLES = ["outbox", "drafts"];

const opening = new Map(); // database -> promise of it

function open(table) {
  const [name, version, tables] = TABLES.includes(table) ? [NAME, VERSION, TABLES] : [`${NAME} ${table} ${document.body.dataset.me}`, 1, [table]];
  if (!opening.has(name)) opening.set(name, openDatabase(name, version, tables));
  return opening.get(name);
}

function openDatabase(name, version, tables) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.addEventListener("upgradeneeded", () => {
      for (const table of tables) {
        if (!request.result.objectStoreNames.contains(table)) request.result.createObjectStore(table, { keyPath: "id" });
      }
    });
    request.addEventListener("success", () => {
      // A page of a later release needs other tables, and must not wait for this page.
      request.result.addEventListener("versionchange", () => { request.result.close(); opening.delete(name); });
      request.result.addEventListener("close", () => opening.delete(name)); // the browser's data was cleared
      resolve(request.result);
    });
    request.addEventListener("error", () => reject(request.error));
    request.addEventListener("blocked", () => reject(new Error("blocked")));
  });
}

/** A table of plain objects by their `id`. Every method waits until its change is on disk. */
export function table(name, { durability = "strict" } = {}) {
  const memory = new Map();
  let persistent = true;

  /** @param work called with the store and a function that takes the result */
  async function run(mode, work) {
    if (!persistent) return null;
    try {
      const transaction = (await open(name)).transaction(name, mode, { durability });
      let result = null;
      work(transaction.objectStore(name), (answer) => { result = answer; });
      await new Promise((resolve, reject) => {
        transaction.addEventListener("complete", resolve);
        transaction.addEventListener("abort", () => reject(transaction.error));
        transaction.addEventListener("error", () => reject(transaction.error));
      });
      return result;
    } catch (error) {
      console.info("hypertalk stores this in memory only:", error);
      persistent = false;
      return null;
    }
  }

  return {
    /** Whether rows outlive the page. */
    get lasting() {
      return persistent;
    },
    /** All rows in the order of their ids. */
    async all() {
      const rows = await run("readonly", (store, setResult) => {
        store.getAll().onsuccess = ({ target }) => setResult(target.result);
      }) ?? [];
      const byId = new Map([...rows.map((row) => [row.id, row]), ...memory]);
      return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async put(row) {
      await run("readwrite", (store) => store.put(row));
      if (!persistent) memory.set(row.id, row);
    },
    async remove(id) {
      memory.delete(id);
      await run("readwrite", (store) => store.delete(id));
    },
    /** Replace a row in one transaction. @param work (row or undefined) => row, or null to delete it */
    async change(id, work) {
      const outcome = await run("readwrite", (store, setResult) => {
        store.get(id).onsuccess = ({ target }) => {
          const row = work(target.result);
          if (row) store.put(row);
          else store.delete(id);
          setResult({ row });
        };
      });
      if (outcome) return outcome.row;
      const row = work(memory.get(id));
      if (row) memory.set(id, row);
      else memory.delete(id);
      return row;
    },
  };
}
