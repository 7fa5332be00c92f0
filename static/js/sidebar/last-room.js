/** Remembers the shown room for the time after the next signing in (chat/views/last_room.py). */
import { registerHooks } from "../core/hooks.js";

const { base, me } = document.body.dataset;
const SECONDS = 60 * 60 * 24 * 30; // as long as a session
const secure = location.protocol === "https:" ? "; secure" : "";

registerHooks({
  roomChosen({ room }) {
    document.cookie = `chat_room=${me}.${room}; path=${base}; max-age=${SECONDS}; samesite=lax${secure}`;
  },
});
