/** The page's beginning: a socket for every page, and the room if one is shown. */
import { asking } from "../core/polling.js";
import "./card.js";
import { telling } from "../core/connection.js";
import { delivery } from "../composer/delivery.js";
import { drafts as draftsOf } from "../composer/drafts.js";
import { typedAnywhere } from "../core/fields.js";
import { afterSwap, fetchPlaces } from "../core/htmx.js";
import { askBeforeSigningOut } from "./sign-out.js";
import { forgetRoom } from "./offline-copies.js";
import "../core/link.js";
import { whoIsHere } from "../core/net.js";
import { outbox } from "../composer/outbox.js";
import "./panes.js";
import "../sidebar/room-menu.js";
import "./release.js";
import { openRoom } from "../room/room.js";
import { stayWhile, toSignIn } from "../accounts/sign-in.js";
import { connect } from "../core/socket.js";
import * as sidebar from "../sidebar/sidebar.js";
import "../sidebar/switcher.js";
import { wholeTime } from "../core/times.js";
import { toast } from "../core/toasts.js";
import { showUnsent } from "../composer/unsent.js";

const COOKIE_WITHIN = 1500; // milliseconds

const data = document.body.dataset;
const root = document.documentElement;
const line = telling(document.getElementById("connection"));
const box = outbox({ person: data.me, deliver: (item, way) => deliver(item, way), changed: told });
const drafts = draftsOf({ person: data.me, changed: (id) => id === data.room && room?.drafted() });
const room = data.room ? openRoom({ socket: () => socket, box, drafts }) : null;

/** What waits is shown in its room; what failed anywhere else, beside the list of rooms. */
function told(items) {
  room?.waiting(items);
  const here = room?.lost() === false ? data.room : null;
  showUnsent(items.filter((item) => item.failed && item.room !== here), box);
}

const deliver = delivery({ socket: () => socket, shown: room?.shown });
let leaving = false; // by oneself: the server leads on, and the end of the socket is no news

async function closed(code) {
  delete root.dataset.live;
  if (leaving) return undefined;
  if (code === 4404) return room?.lose();
  if (code !== 4401) return toSignIn();
  // The cookie of another tab may have signed in again; where that has changed the password, it may still be on its way.
  const here = await whoIsHere() ?? await new Promise((resolve) => { setTimeout(() => resolve(whoIsHere()), COOKIE_WITHIN); });
  return here ? location.reload() : toSignIn();
}

/** The server asks now and then when the next frame is in the document. A page that nobody looks at is no screen. */
let asked = null;
function seen() {
  if (asked !== null && !document.hidden) socket.send({ type: "seen", number: asked });
  asked = null;
}

/** @returns a promise if there is something to catch up with */
function beat({ rooms, version }) {
  if (rooms) sidebar.compare(rooms);
  return room?.beat(version);
}

/** What another device typed here. The list says so too: after a while without a line, it alone. */
function drafted({ room: id, state }) {
  sidebar.drafted(id, state);
  if (id === data.room) drafts.heard(id, state);
}

// Where the place went back to a backup, the room starts over first: what stands half-typed here is told to the server anew.
afterSwap(async (target) => {
  if (target.id !== "places" || !data.room) return;
  if (drafts.known(data.room).state !== sidebar.draftOf(data.room)) await room.upTo(sidebar.versionOf(data.room));
  drafts.heard(data.room, sidebar.draftOf(data.room));
});

/** Where the workspace went back to a backup, the room starts over before it hears what the server has of its draft. */
let caughtUp = Promise.resolve();

/** Values of which the newest counts, of all rooms: whatever changed while this page had no socket. */
async function latest({ read = {}, draft }) {
  for (const [room, seq] of Object.entries(read)) heard.read({ room, seq });
  await caughtUp;
  if (draft) for (const room of sidebar.rooms()) drafted({ room, state: draft[room] ?? "" });
}

const heard = {
  beat: (said) => {
    const done = beat(said);
    if (!said.rooms) return;
    line.up(done);
    caughtUp = Promise.resolve(done);
  },
  draft: drafted,
  latest,
  nudge: sidebar.nudge,
  rooms: fetchPlaces,
  sample: ({ number }) => { asked = number; },
  read: ({ room: id, seq }) => {
    sidebar.read(id, seq);
    if (id === data.room) room?.read(seq);
  },
  gone: ({ room: id }) => {
    sidebar.lose(id);
    forgetRoom(id);
    if (id === data.room) room?.lose();
  },
};

let person = null; // its version: what concerns its rooms, and takes no version of theirs
const news = asking({
  room: data.room,
  on: {
    beat: (said) => {
      if (person !== null && person !== said.person) fetchPlaces();
      person = said.person;
      beat(said);
    },
    sure: () => {
      line.asking();
      socket.rarely();
    },
  },
});

const socket = connect(data.liveUrl, {
  frame: (html) => {
    room?.frame(html);
    seen();
  },
  message: (message) => heard[message.type]?.(message),
  open: (again) => {
    news.stop();
    root.dataset.live = "yes";
    dispatchEvent(new Event("live"));
    if (again) room?.tellAgain();
    if (again || root.dataset.copy) sidebar.anew();
    delete root.dataset.copy; // what was missing comes now
  },
  down: () => {
    delete root.dataset.live;
    line.down();
  },
  fruitless: news.begin,
  closed,
});

addEventListener("offline", () => line.down());
addEventListener("captive", line.captive);
addEventListener("answered", () => socket.hurry());
if (root.dataset.copy) {
  document.getElementById("copied-at").textContent = wholeTime(new Date(root.dataset.copy));
  line.down({ known: true });
}
document.querySelector("[data-action='reconnect']")?.addEventListener("click", () => socket.again());
stayWhile(() => Boolean(room?.typed()) || typedAnywhere());
addEventListener("signed-in", () => socket.again());
askBeforeSigningOut({ box, drafts, leaving: (now) => { leaving = now; } });
box.begin();
for (const notice of document.querySelectorAll("[data-notice]")) {
  toast(notice.textContent);
  notice.remove();
}
root.dataset.script = "here";
