/** Reading positions from the person's other tabs and devices, for the list of rooms; room/reading.js has those of the shown room. */
import { registerHooks } from "../core/hooks.js";
import { markRead } from "./sidebar.js";

registerHooks({
  messages: { read: ({ room, seq }) => markRead(room, seq) },
  latest: {
    read(seqs) {
      for (const [room, seq] of Object.entries(seqs)) markRead(room, seq);
    },
  },
});
