/**
 * The registry of row kinds. A row is an element with an id and a version; the prefix of its id is its kind. A feature registers
 * its kind when its module is loaded (app/features.js), as it does on the server (chat/queries/row_kinds.py). Rows of an unknown
 * kind are from a newer release: they count as held, and are not shown.
 */
import { describe } from "../core/fragments.js";

const kinds = new Map(); // prefix -> kind

/**
 * @param prefix begins the ids of its rows, and those of no other kind
 * @param kind {apply(element), elements(), clear(keys), received(element)}; all but `apply` are optional:
 *   `apply` inserts a row, or replaces its older version; `elements` returns the rows that the page was loaded with;
 *   `clear` removes all rows except those with these ids, when the page starts over; `received` is called for each new row,
 *   after it was inserted, or when it is newer than the window.
 */
export function registerRowKind(prefix, kind) {
  kinds.set(prefix, kind);
}

const kindOf = (key) => [...kinds].find(([prefix]) => key.startsWith(prefix))?.[1];

export const applyRow = ({ key, element }) => kindOf(key)?.apply(element);

export const rowReceived = ({ key, element }) => kindOf(key)?.received?.(element);

export function clearRows(keys) {
  for (const kind of kinds.values()) kind.clear?.(keys);
}

/** The rows that the page was loaded with, for the rules. */
export const initialRows = () => [...kinds.values()]
  .flatMap((kind) => [...(kind.elements?.() ?? [])])
  .filter((element) => element.dataset.version)
  .map(describe);
