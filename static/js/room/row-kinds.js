/**
 * The kinds of rows that this page knows. A row is an element with an id and a version; what its id begins with says its kind.
 * A feature registers its kind when its module is loaded (app/features.js), as it does on the server
 * (chat/queries/row_kinds.py). Rows of any other kind are of a newer release: they count as held, and are not shown.
 */
import { describe } from "../core/fragments.js";

const kinds = new Map(); // what the ids begin with -> kind

/**
 * @param prefix what the ids of its rows begin with, and those of no other kind
 * @param kind {apply(element), elements(), clear(keys), received(element)}; all but the first may be missing:
 *   `apply` puts a row in, in place of its older self; `elements` returns the rows that the page came with;
 *   `clear` takes off all rows but those with these ids, as the page starts over; `received` is told of each row that is news,
 *   after it was put in, or when it is newer than the window.
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

/** The rows that the page came with, as the rules take them. */
export const initialRows = () => [...kinds.values()]
  .flatMap((kind) => [...(kind.elements?.() ?? [])])
  .filter((element) => element.dataset.version)
  .map(describe);
