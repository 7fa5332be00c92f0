/** Data stored on this device: tables in IndexedDB; in memory only, where the browser has none or refuses. */
const NAME = "hypertalk";
const VERSION = 2;
const TABLES = ["outbox", "drafts"];

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.addEventListener("upgradeneeded", () => {
      for (const table of TABLES) {
        if (!asked.result.objectStoreNames.contains(table)) asked.result.createObjectStore(table, { keyPath: "id" });
      }
    });
    asked.addEventListener("success", () => {
      // A page of a later release needs other tables, and must not wait for this page.
      asked.result.addEventListener("versionchange", () => { asked.result.close(); opening = null; });
      asked.result.addEventListener("close", () => { opening = null; }); // the browser's data was cleared
      resolve(asked.result);
    });
    asked.addEventListener("error", () => reject(asked.error));
    asked.addEventListener("blocked", () => reject(new Error("blocked")));
  });
  return opening;
}

/** A table of plain objects by their `id`. Every method waits until its change is on disk. */
export function table(name, { durability = "strict" } = {}) {
  const memory = new Map();
  let kept = true;

  /** @param work called with the store and a function that takes the result */
  async function run(mode, work) {
    if (!kept) return null;
    try {
      const transaction = (await open()).transaction(name, mode, { durability });
      let found = null;
      work(transaction.objectStore(name), (answer) => { found = answer; });
      await new Promise((resolve, reject) => {
        transaction.addEventListener("complete", resolve);
        transaction.addEventListener("abort", () => reject(transaction.error));
        transaction.addEventListener("error", () => reject(transaction.error));
      });
      return found;
    } catch (error) {
      console.info("hypertalk keeps this in memory only:", error);
      kept = false;
      return null;
    }
  }

  return {
    /** Whether rows outlive the page. */
    get lasting() {
      return kept;
    },
    /** All rows in the order of their ids. */
    async all() {
      const rows = await run("readonly", (store, take) => {
        store.getAll().onsuccess = ({ target }) => take(target.result);
      }) ?? [];
      const here = new Map([...rows.map((row) => [row.id, row]), ...memory]);
      return [...here.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async put(row) {
      await run("readwrite", (store) => store.put(row));
      if (!kept) memory.set(row.id, row);
    },
    async remove(id) {
      memory.delete(id);
      await run("readwrite", (store) => store.delete(id));
    },
    /** Replace a row in one transaction. @param work (row or undefined) => row, or null to delete it */
    async change(id, work) {
      const made = await run("readwrite", (store, take) => {
        store.get(id).onsuccess = ({ target }) => {
          const row = work(target.result);
          if (row) store.put(row);
          else store.delete(id);
          take({ row });
        };
      });
      if (made) return made.row;
      const row = work(memory.get(id));
      if (row) memory.set(id, row);
      else memory.delete(id);
      return row;
    },
  };
}
