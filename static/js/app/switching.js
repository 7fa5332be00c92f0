/**
 * Shows another room in the page that stays: its parts are replaced, and the composer takes what is typed from the click on. A room
 * that was shown before comes back as it was, and catches up. If anything goes wrong, the browser loads the page.
 */
import { focusAtEnd, focusToWrite, typedIn } from "../composer/composer.js";
import { callHooks } from "../core/hooks.js";
import { replaceParts } from "../core/htmx.js";
import { storeCopySoon } from "../core/offline-copies.js";
import { addEntry, closeAll } from "../core/overlays.js";
import { toast } from "../core/toasts.js";
import { pause } from "../core/pause.js";
import { showInPlace, visit } from "../core/visits.js";
import { findElements } from "../room/elements.js";
import { messageIn } from "../room/permalinks.js";
import { rowOf } from "../sidebar/room-row.js";
import * as sidebar from "../sidebar/sidebar.js";
import { roomAt } from "./room-address.js";
import { word } from "../core/words.js";
import { keepWarm, takeWarm } from "./warm-rooms.js";

const LOAD_TIMEOUT = 8000; // milliseconds until the browser loads the page instead
const LAST = "#last"; // to the list of rooms, and from there to the room that was shown last
const PARTS = ["room-bar", "stream", "above-composer", "details"];
// What the body says of the shown room; the stream brings it.
const FACTS = ["room", "held", "atStart", "atEnd", "lastSeq", "newAfter", "newSince", "role"];

const data = document.body.dataset;
const app = document.querySelector(".app");
const part = (id) => document.getElementById(id);

/**
 * @param field the composer's field
 * @param open called with {signal, text}: opens the room whose parts are on the page, and returns it (room/room.js)
 * @param closed called when the shown room goes
 * @param switched called when another one, or none, is shown
 * @return {start(): opens the room that the page was loaded with}
 */
export function switching({ field, open, closed, switched }) {
  let room = null; // the open one
  let end = null; // an AbortController
  let wanted = null; // the switch that waits for its parts
  let loading = false; // the browser loads another page already
  let typed = false; // since the room was chosen

  field.addEventListener("input", () => { typed = true; });

  function choose(id) {
    end = new AbortController();
    data.room = id;
    callHooks("roomChosen", { room: id, field, signal: end.signal });
  }

  /** @param known what was kept of the room */
  function opened(url, known) {
    findElements();
    room = open({ signal: end.signal, text: known ? undefined : part("above-composer").dataset.text });
    if (room.restoring) return;
    if (known) part("stream").scrollTop = known.top;
    if (known?.position?.seq) room.toPosition(known.position); // dividers may have come and gone since
    const message = messageIn(url, data.room);
    if (message) room.toMessage(message).then(messageShown);
  }

  /** Whoever reads is at the message now; whoever began to write goes on. @param there whether it is in the room */
  function messageShown(there) {
    if (typed) field.focus({ preventScroll: true });
    if (there === false) toast(word("noSuchMessage"));
  }

  /** The shown room goes, and is kept warm unless the person lost it. */
  function leave({ back }) {
    const id = data.room;
    const top = part("stream").scrollTop;
    const { position, ...facts } = room?.leave({ savePosition: !back }) ?? {};
    const lost = room?.lost();
    end?.abort();
    part("gone")?.remove();
    part("dock").hidden = false;
    if (room && !lost) { // else nothing was open, or nothing may stay
      keepWarm(id, { parts: PARTS.map(part), facts: { ...facts, room: id, newSince: "" }, position, top });
    }
    room = null;
    closed();
  }

  function place(parts) {
    const { hidden } = part("details");
    parts.forEach((element) => part(element.id).replaceWith(element));
    part("details").hidden = hidden;
    part("details-toggle")?.setAttribute("aria-expanded", String(!hidden));
  }

  /** Parts without content, under the room's name, until those of the room are here. */
  function placeEmpty(id) {
    const parts = PARTS.map((name) => part(name).cloneNode(name === "room-bar"));
    const [bar, stream] = parts;
    const row = rowOf(id);
    const name = row?.querySelector(".place__name").textContent ?? "";
    const title = bar.querySelector("#room-title");
    for (const fact of Object.keys(title.dataset)) delete title.dataset[fact];
    title.querySelector("h1 span").textContent = name;
    title.querySelector("h1 svg")?.remove();
    title.querySelector("p")?.replaceChildren();
    stream.hidden = false;
    stream.setAttribute("aria-busy", "true");
    for (const fact of FACTS) delete stream.dataset[fact];
    place(parts);
    showName(`${row?.dataset.kind === "direct" ? "" : "#"}${name}`);
  }

  function showName(name) {
    field.placeholder = field.dataset.placeholder.replace("{name}", () => name);
    sidebar.updateTitle(name);
  }

  function showFacts(facts) {
    for (const fact of FACTS) {
      if (facts[fact] === undefined) delete data[fact]; else data[fact] = facts[fact];
    }
  }

  /**
   * @param back whether the browser's history is there already
   * @param replace whether this takes the place of its newest entry
   */
  function show(url, { back = false, replace = false } = {}) {
    const id = roomAt(url);
    wanted = {};
    closeAll();
    leave({ back });
    if (replace) history.replaceState(null, "", url); else if (!back) addEntry(url);
    field.defaultValue = "";
    field.value = "";
    typed = false;
    delete field.dataset.unsent;
    const pane = part("details").hidden ? "room" : "details";
    app.dataset.pane = id === "" ? "list" : pane;
    if (id === "") {
      showNone();
      return loading ? loadPage(url) : undefined;
    }
    const known = loading ? null : takeWarm(id);
    if (id) choose(id); else data.room = "";
    if (known) {
      place(known.parts);
      const read = Number(rowOf(id)?.dataset.readSeq ?? 0);
      showFacts({ ...known.facts, newAfter: Math.max(read, known.facts.newAfter) });
      showName(part("stream").dataset.label);
    } else {
      placeEmpty(id);
    }
    typedIn(field);
    sidebar.currentChanged();
    focusToWrite(field);
    if (!known) return loading ? loadPage(url) : load(url, id);
    opened(url, known);
    return shown();
  }

  function shown() {
    switched();
    storeCopySoon(location.pathname, sidebar.versionOf(data.room));
  }

  /** The list of rooms, which on a phone is a page of its own. */
  function showNone() {
    for (const fact of FACTS) delete data[fact];
    placeEmpty("");
    sidebar.updateTitle(part("no-room").dataset.title);
    sidebar.currentChanged();
    switched();
  }

  /** @param id undefined for a message of any room */
  async function load(url, id) {
    const mine = wanted;
    const answered = new AbortController();
    const there = await Promise.race([replaceParts(url.pathname + url.search, () => wanted === mine), pause(LOAD_TIMEOUT, answered.signal)]);
    answered.abort();
    if (wanted !== mine) return undefined;
    wanted = null; // a later answer does not count
    const { dataset } = part("stream");
    if (!dataset.room || (id && dataset.room !== id)) return loadPage(url);
    if (!id) {
      choose(dataset.room);
      history.replaceState(history.state, "", there);
    }
    const details = app.dataset.pane === "details"; // they may have been opened meanwhile
    part("details").hidden = !details;
    part("details-toggle").setAttribute("aria-expanded", String(details));
    showFacts(dataset);
    showName(dataset.label);
    opened(location);
    return shown();
  }

  /** The browser loads the page; until that is here, whatever is chosen is loaded instead. What was typed goes along (composer/typed-ahead.js). */
  function loadPage(url) {
    loading = true;
    // The address differs first: else the browser takes what it loads for the page of before, and Back leaves it on the screen.
    history.replaceState(null, "", "?");
    location.replace(url);
  }

  /** Whoever comes in is in the room that they were in last. On a phone the list is the page, and stays. */
  function showLast() {
    if (location.hash !== LAST) return;
    history.replaceState(history.state, "", location.pathname);
    const { last } = part("no-room").dataset;
    if (last && matchMedia("(width >= 48rem)").matches) visit(last, { replace: true });
  }

  /** Whether the page can show what is at the address. */
  function canShow(url) {
    const id = roomAt(url);
    return id !== null && id !== (data.room ?? "");
  }

  showInPlace((url, options) => canShow(url) && (show(url, options), true));

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.defaultPrevented) return;
    const link = event.target.closest("a[href]");
    if (!link || link.target || link.hasAttribute("download") || !canShow(link)) return;
    event.preventDefault();
    visit(link.href);
  });

  addEventListener("popstate", () => {
    if (roomAt(location) === (data.room ?? "")) return; // the room restores its position
    if (canShow(location)) show(new URL(location.href), { back: true });
    else location.reload();
  });

  return {
    start() {
      if (!data.room) return showLast();
      choose(data.room);
      opened(location);
      if (typed) focusAtEnd(field); // for the page before
      else if (!room.restoring && !messageIn(location, data.room)) focusToWrite(field);
      return undefined;
    },
  };
}
