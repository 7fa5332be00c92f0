/** The page's beginning: a socket for every page, and the room if one is shown. */
import "./card.js";
import { delivery } from "./delivery.js";
import { fetchPlaces } from "./htmx.js";
import { askBeforeSigningOut } from "./leaving.js";
import { forgetRoom } from "./kept.js";
import "./link.js";
import { at, get } from "./net.js";
import { outbox } from "./outbox.js";
import "./panes.js";
import "./placemenu.js";
import "./release.js";
import { openRoom } from "./room.js";
import { stayWhile, toSignIn } from "./signin.js";
import { connect } from "./socket.js";
import * as sidebar from "./sidebar.js";
import "./switcher.js";
import { wholeTime } from "./times.js";
import { toast } from "./toasts.js";

const data = document.body.dataset;
const root = document.documentElement;
const banner = document.getElementById("connection");
const box = outbox({ person: data.me, deliver: (item) => deliver(item), changed: (items) => room?.waiting(items) });
const room = data.room ? openRoom({ socket: () => socket, box }) : null;
const deliver = delivery({ socket: () => socket, shown: room?.shown });
/** Down for a moment is nobody's business; longer is. */
const TELL_AFTER = 2000;
let telling = 0;
let leaving = false; // by oneself: the server leads on, and the end of the socket is no news

function told(down) {
  clearTimeout(telling);
  if (!banner) return;
  if (down) telling = setTimeout(() => { banner.hidden = false; }, navigator.onLine && !root.dataset.copy ? TELL_AFTER : 0);
  else banner.hidden = true;
}

async function closed(code) {
  delete root.dataset.live;
  if (leaving) return undefined;
  if (code === 4404) return room?.lose();
  if (code !== 4401) return toSignIn();
  // Once, and the server decides: the cookie of another tab may have signed in again.
  const answer = await get(at("me/")).catch(() => null);
  return answer?.ok ? location.reload() : toSignIn();
}

const heard = {
  beat: (beat) => {
    if (beat.rooms) sidebar.compare(beat.rooms);
    room?.beat(beat.version);
  },
  nudge: sidebar.nudge,
  rooms: fetchPlaces,
  read: ({ room: id, seq }) => {
    sidebar.read(id, seq);
    if (id === data.room) room?.read(seq);
  },
  // For the monitoring: what came before this is in the document. A page that nobody looks at is no screen.
  sample: ({ number }) => document.hidden || socket.send({ type: "seen", number }),
  gone: ({ room: id }) => {
    sidebar.lose(id);
    forgetRoom(id);
    if (id === data.room) room?.lose();
  },
};

const socket = connect(data.liveUrl, {
  frame: (html) => room?.frame(html),
  message: (message) => heard[message.type]?.(message),
  open: (again) => {
    told(false);
    root.dataset.live = "yes";
    dispatchEvent(new Event("live"));
    if (again || root.dataset.copy) fetchPlaces();
    delete root.dataset.copy; // what was missing comes now
  },
  down: () => {
    delete root.dataset.live;
    told(true);
  },
  closed,
});

addEventListener("offline", () => told(true));
if (root.dataset.copy) {
  document.getElementById("copied-at").textContent = wholeTime(new Date(root.dataset.copy));
  told(true);
}
document.querySelector("[data-action='reconnect']")?.addEventListener("click", () => socket.again());
stayWhile(() => Boolean(room?.typed()));
addEventListener("signed-in", () => socket.again());
askBeforeSigningOut(box, () => { leaving = true; });
box.begin();
for (const notice of document.querySelectorAll("[data-notice]")) {
  toast(notice.textContent);
  notice.remove();
}
root.dataset.script = "here";
