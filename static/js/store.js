/** What this device keeps for a person: tables in an IndexedDB; in memory only, where the browser has none or refuses. */
const NAME = "hypertalk";
const TABLES = ["outbox"];

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.addEventListener("upgradeneeded", () => {
      for (const table of TABLES) asked.result.createObjectStore(table, { keyPath: "id" });
    });
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error));
    asked.addEventListener("blocked", () => reject(new Error("blocked")));
  });
  return opening;
}

/** A table of plain objects by their `id`. Every method waits until what it did is on the disk. */
export function table(name) {
  const memory = new Map();
  let kept = true;

  async function run(mode, work) {
    if (!kept) return null;
    try {
      const transaction = (await open()).transaction(name, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(name));
      await new Promise((resolve, reject) => {
        transaction.addEventListener("complete", resolve);
        transaction.addEventListener("abort", () => reject(transaction.error));
        transaction.addEventListener("error", () => reject(transaction.error));
      });
      return asked.result;
    } catch (error) {
      console.info("hypertalk keeps this in memory only:", error);
      kept = false;
      return null;
    }
  }

  return {
    /** Whether what is put here outlives the page. */
    get lasting() {
      return kept;
    },
    /** All rows in the order of their ids. */
    async all() {
      const rows = await run("readonly", (store) => store.getAll()) ?? [];
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
  };
}
