/** Copies a message as it was written, or the link to it. */
import { copy } from "../core/clipboard.js";
import { at, get } from "../core/net.js";
import { registerMessageAction } from "./message-actions.js";
import { readable } from "./readable.js";

/** Without an answer, what the page can tell of it. */
async function sourceOf(row, id) {
  const answer = await get(at(`messages/${id}/source/`)).catch(() => null);
  return answer?.ok ? answer.text() : readable(row.querySelector(".message__text"));
}

registerMessageAction("copy", ({ row, id }) => copy(sourceOf(row, id)));
registerMessageAction("link", ({ id }) => copy(new URL(at(`messages/${id}/`), location.href).href));
