/** Which addresses are those of rooms. */
import { at } from "../core/net.js";

const ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/$/;

/**
 * @return the id of the room whose page is at the address; "" for the list of rooms; undefined for a message, whose room the answer
 *   tells; null for other pages, and for parts of a room's history
 */
export function roomAt({ origin, pathname, search }) {
  if (origin !== location.origin) return null;
  if (pathname === at("rooms/")) return search ? null : "";
  if (pathname.startsWith(at("messages/")) && ID.test(pathname.slice(at("messages/").length))) return undefined;
  if (!pathname.startsWith(at("rooms/")) || (search && !/^\?at=\d+$/.test(search))) return null;
  return pathname.slice(at("rooms/").length).match(ID)?.[1] ?? null;
}
