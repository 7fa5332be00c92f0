/** Links to messages of this room jump there without loading a page. Whether the message is in it, the server may have to say. */
import { focusAtEnd, focusToWrite, type } from "../composer/composer.js";
import { whileBusy } from "../core/busy.js";
import { listeningUntil } from "../core/listening.js";
import { at } from "../core/net.js";
import { visit } from "../core/visits.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @return the id or seq in a link to a message that is or may be in this room; null for every other address */
export function messageIn({ origin, pathname, search, hash }, room) {
  if (origin !== location.origin) return null;
  const messages = at("messages/");
  const id = pathname.startsWith(messages) ? pathname.slice(messages.length).replace(/\/$/, "") : null;
  if (id && UUID.test(id)) return id;
  if (pathname !== at(`rooms/${room}/`)) return null;
  const marked = hash.replace(/^#message-/, "");
  if (UUID.test(marked)) return marked;
  return new URLSearchParams(search).get("at")?.match(/^\d{1,15}$/)?.[0] ?? null;
}

/**
 * @param field the composer's: what is typed from the click on is for the room that has the message, and is not sent before it is known
 * @param go called with the id or seq; returns false if it is not in this room
 * @param push called with the address before the jump
 */
export function permalinks({ stream, room, field, go, push, signal }) {
  listeningUntil(signal)(stream, "click", async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const link = event.target.closest("a[href]");
    const wanted = link && messageIn(link, room);
    if (!wanted) return;
    event.preventDefault();
    push(link.href);
    const before = field.value;
    focusToWrite(field);
    const there = await whileBusy(field.form, go(wanted));
    if (signal.aborted) return;
    const since = field.value.startsWith(before) ? field.value.slice(before.length) : "";
    if (there === false) {
      if (since) type(field, before);
      visit(link.href, { replace: true });
      if (since) type(field, since);
    } else if (since) {
      focusAtEnd(field); // and not at the message
    }
  });
}
