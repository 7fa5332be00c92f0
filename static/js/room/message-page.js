/** Requests a part of the room's messages. */
import { parse } from "../core/fragments.js";
import { at, get } from "../core/net.js";

/**
 * @param query such as "before=41", "after=41", "around=" a seq or an id, "on=" a moment, "newest"
 * @return {status, page, seq}: `page` is {version, rows, atStart, atEnd} for the rules, or null after an error;
 *   `seq` is that of the requested message, or null
 */
export async function fetchMessages(room, query) {
  const answer = await get(at(`rooms/${room}/messages/?${query}`));
  const { ok, status, headers } = answer;
  const page = ok ? {
    version: Number(headers.get("Chat-Version")),
    rows: parse(await answer.text()),
    atStart: headers.has("Chat-At-Start"),
    atEnd: headers.has("Chat-At-End"),
  } : null;
  return { status, page, seq: headers.has("Chat-Seq") ? Number(headers.get("Chat-Seq")) : null };
}
