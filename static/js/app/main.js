/** The page's beginning: a socket for every page, and the room if one is shown. */
import { polling } from "../core/polling.js";
import { connectionBanner } from "../core/connection.js";
import { composer } from "../composer/composer.js";
import { delivery } from "../composer/delivery.js";
import { typedAnywhere } from "../core/fields.js";
import { callHooks, handleLatest, handleMessage, isLatest, registerHooks } from "../core/hooks.js";
import { fetchRoomList } from "../core/htmx.js";
import { askBeforeSigningOut } from "./sign-out.js";
import { whoIsHere } from "../core/net.js";
import { pause } from "../core/pause.js";
import { outbox } from "../composer/outbox.js";
import "./features.js";
import { openRoom } from "../room/room.js";
import { switching } from "./switching.js";
import { stayWhile, toSignIn } from "../core/sign-in.js";
import { connect } from "../core/socket.js";
import * as sidebar from "../sidebar/sidebar.js";
import { wholeTime } from "../core/times.js";
import { announce, toast } from "../core/toasts.js";
import { word } from "../core/words.js";
import { showUnsent } from "../composer/unsent.js";
import { dropWarm } from "./warm-rooms.js";

const COOKIE_WITHIN = 1500; // milliseconds

const data = document.body.dataset;
const root = document.documentElement;
const banner = connectionBanner(document.getElementById("connection"));
const box = outbox({ person: data.me, deliver: (item, way) => deliver(item, way), changed: showItems });
const form = document.getElementById("composer");
const field = form?.elements.body;
let room = null; // the shown one

let waiting = []; // what the outbox has

/** What waits is shown in its room; what failed anywhere else, beside the list of rooms. */
function showItems(items = waiting) {
  waiting = items;
  room?.showWaiting(items);
  const here = room?.lost() === false ? data.room : null;
  showUnsent(items.filter((item) => item.failed && item.room !== here), box);
}

const deliver = delivery({ socket: () => socket, shown: () => room?.shown });
let leaving = false; // by oneself: the server leads on, and the end of the socket is no news

async function closed(code) {
  delete root.dataset.live;
  if (code !== 4404) dropWarm();
  if (leaving) return undefined;
  if (code === 4404) return connectedTo === data.room ? room?.lose() : socket.again(); // another room is shown since
  if (code !== 4401) return toSignIn();
  // The cookie of another tab may have signed in again; where that has changed the password, it may still be on its way.
  const here = await whoIsHere() ?? await pause(COOKIE_WITHIN).then(whoIsHere);
  return here ? location.reload() : toSignIn();
}

/** The server samples how long a frame takes to the screen. A page that nobody looks at does not answer. */
let sample = null;
function frameShown() {
  if (sample !== null && !document.hidden) socket.send({ type: "seen", number: sample });
  sample = null;
}

/** @returns a promise if there is something to catch up with */
function beat(message) {
  if (message.rooms) sidebar.compare(message.rooms);
  return isLate(message) ? undefined : room?.beat(message.version);
}

/** The person's version: of what concerns their list of rooms, and takes no version of a room. The page has the list of this one. */
let version = Number(data.meVersion);
function comparePerson({ person }) {
  if (person !== version) fetchRoomList();
  version = person;
}

/** A beat of another room was on its way when this one was shown, or the server is of a release that does not know `show`. */
const SHOW_TIMEOUT = 5000; // milliseconds
let shownAt = 0;
function isLate({ room: id }) {
  const late = Boolean(id && data.room && id !== data.room);
  if (late && Date.now() - shownAt > SHOW_TIMEOUT) socket.again();
  return late;
}

/** Where a backup was restored, the room starts over before it hears what the server has now. */
let caughtUp = Promise.resolve();

/** Single values that arrive meanwhile are newer than these, and wait for them. */
let latestHandled = Promise.resolve();

/** The latest values of all rooms. They replace what this page missed while it was disconnected. */
function latest(values) {
  latestHandled = caughtUp.then(() => handleLatest(values));
}

async function messageReceived(message) {
  if (isLatest(message)) await latestHandled;
  handleMessage(message);
}

/** What the server says besides frames. */
const messages = {
  beat: (message) => {
    const done = beat(message);
    if (!message.rooms) return;
    comparePerson(message);
    banner.up(done);
    caughtUp = Promise.resolve(done);
  },
  latest,
  nudge: sidebar.nudge,
  rooms({ person }) {
    version = person;
    fetchRoomList();
  },
  sample: ({ number }) => { sample = number; },
  gone: ({ room: id }) => {
    sidebar.removeRoom(id);
    if (id === data.room) room?.lose();
  },
};
registerHooks({ messages });

const poll = polling({
  room: () => data.room,
  on: {
    beat: (message) => {
      comparePerson(message);
      beat(message);
    },
    confirmed: () => {
      banner.polling();
      socket.retryRarely();
    },
  },
});

/** A lost room is not asked for again. */
const [liveUrl] = data.liveUrl.split("&room=");
let connectedTo; // the room that the socket's address names
function address() {
  connectedTo = room?.lost() ? undefined : data.room;
  return connectedTo ? `${liveUrl}&room=${connectedTo}` : liveUrl;
}

const tellRoom = () => socket.send({ type: "show", room: data.room || null });

const socket = connect(address, {
  frame: (html) => {
    room?.frame(html);
    frameShown();
  },
  message: messageReceived,
  open: (again) => {
    poll.stop();
    root.dataset.live = "yes";
    dispatchEvent(new Event("live"));
    if (connectedTo !== data.room && !room?.lost()) tellRoom(); // another one was shown meanwhile
    callHooks("connected", { again, send: socket.send });
    if (again || root.dataset.copy) sidebar.reload();
    delete root.dataset.copy; // what was missing comes now
  },
  down: () => {
    delete root.dataset.live;
    banner.down();
  },
  fruitless: poll.begin,
  closed,
});

if (form) {
  composer({
    form,
    room: () => data.room,
    send(item) {
      room?.add(item);
      box.add(item).then(() => callHooks("messageQueued", item)); // only then is what was typed safe
    },
  });
  switching({
    field,
    open(context) {
      room = openRoom({ field, socket: () => socket, box, ...context });
      return room;
    },
    closed() {
      room = null;
    },
    switched() {
      shownAt = Date.now();
      room?.showTitle();
      showItems();
      tellRoom();
      poll.roomChanged();
      // Screen readers hear which room it is, and of its messages only those that came since it was shown before.
      if (room) announce(word("showing", { name: document.getElementById("stream").dataset.label }));
    },
  }).start();
}
addEventListener("offline", () => banner.down());
addEventListener("captive", banner.captive);
addEventListener("answered", () => socket.hurry());
if (root.dataset.copy) {
  document.getElementById("copied-at").textContent = wholeTime(new Date(root.dataset.copy));
  banner.down({ known: true });
}
document.querySelector("[data-action='reconnect']")?.addEventListener("click", () => socket.again());
stayWhile(() => Boolean(room?.typed()) || typedAnywhere());
addEventListener("signed-in", () => socket.again());
askBeforeSigningOut({ box, leaving: (now) => { leaving = now; } });
box.begin();
for (const notice of document.querySelectorAll("[data-notice]")) {
  toast(notice.textContent);
  notice.remove();
}
root.dataset.script = "here";
