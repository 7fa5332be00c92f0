/** Copies a message, or the link to it. */
import { copy } from "../core/clipboard.js";
import { at } from "../core/net.js";
import { registerMessageAction } from "./message-actions.js";

registerMessageAction("copy", ({ row }) => copy(row.querySelector(".message__text").innerText));
registerMessageAction("link", ({ id }) => copy(new URL(at(`messages/${id}/`), location.href).href));
