/** Jump to a room or a person by a few letters: the user's own rooms at once, all others from a search on the server. */
import { reason } from "../core/answers.js";
import { onKey } from "../core/keys.js";
import { at, get } from "../core/net.js";
import { onMac } from "../core/shortcuts.js";
import { toSignIn } from "../core/sign-in.js";
import { visit } from "../core/visits.js";
import { unreadOf } from "./room-row.js";
import { copyOf, word } from "../core/words.js";

const PAUSE = 150; // milliseconds without typing before the request
const MAX_OWN = 8;

const dialog = document.getElementById("switcher");
const field = document.getElementById("switcher-words");
const list = document.getElementById("switcher-list");
const status = document.getElementById("switcher-status");
const finder = document.getElementById("finder");
let timer = 0;
let searchNumber = 0; // the number of the newest search; answers to older ones are ignored

if (onMac) {
  finder.querySelector("kbd").textContent = "⌘ K";
  finder.setAttribute("aria-keyshortcuts", "Meta+K");
}

const normalize = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const options = () => [...list.children];
const selected = () => list.querySelector("[aria-selected=true]");

function open() {
  if (document.querySelector("dialog[open]")) return;
  field.value = "";
  field.disabled = false;
  dialog.showModal();
  search();
}

finder.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in another tab
  event.preventDefault();
  open();
});

onKey(document, (event) => {
  // On keyboards of other scripts the key has another letter, but the same position.
  const k = event.key.toLowerCase() === "k" || (event.code === "KeyK" && !/^[a-z]$/i.test(event.key));
  if (!k || event.altKey || event.shiftKey || !(onMac ? event.metaKey : event.ctrlKey)) return;
  event.preventDefault();
  if (dialog.open) dialog.close(); else open();
});

/** 0 is the best match; null is no match. */
function rank(name, words) {
  const index = normalize(name).indexOf(words);
  if (index < 0) return null;
  return index === 0 ? 0 : normalize(name)[index - 1].match(/[\p{L}\p{N}]/u) ? 2 : 1;
}

/** Matching rooms of the list: best match first, then unread, then latest. */
function ownRooms(words) {
  const found = [];
  for (const row of document.querySelectorAll("#places .place-row")) {
    const link = row.querySelector(".place");
    const name = row.querySelector(".place__name").textContent;
    const score = rank(name, words);
    if (score === null || (!words && (row.hidden || link.hasAttribute("aria-current")))) continue;
    found.push({ row, link, name, score, unread: unreadOf(row), latest: row.querySelector("time").dateTime });
  }
  found.sort((one, two) => one.score - two.score || Math.sign(two.unread) - Math.sign(one.unread) || two.latest.localeCompare(one.latest));
  return found.slice(0, MAX_OWN).map(option);
}

function option({ row, link, name, unread }) {
  const element = copyOf("t-option");
  const mark = row.querySelector(".place__mark");
  element.dataset.href = link.href;
  element.dataset.kind = row.dataset.kind;
  if (row.dataset.with) element.dataset.with = row.dataset.with;
  element.querySelector(".option__mark").append(...mark.cloneNode(true).childNodes);
  element.querySelector(".option__name").textContent = name;
  const badge = element.querySelector(".badge");
  badge.hidden = !unread;
  badge.textContent = unread || "";
  return element;
}

/** Search; a leading `#` or `@` is ignored. */
function search() {
  const words = field.value.trim();
  clearTimeout(timer);
  searchNumber += 1;
  status.textContent = "";
  list.replaceChildren(...ownRooms(normalize(words).replace(/^[#@]/, "")));
  select(options()[0]);
  if (words) timer = setTimeout(searchServer, PAUSE, words, searchNumber);
}

async function searchServer(words, number) {
  let error = "";
  let more = [];
  try {
    const answer = await get(at(`switch/?${new URLSearchParams({ q: words })}`));
    if (answer.status === 401) return toSignIn();
    if (answer.ok) more = found(await answer.text());
    else error = await reason(answer);
  } catch {
    error = word("noAnswer");
  }
  if (number !== searchNumber) return undefined;
  list.append(...more);
  select(selected() ?? options()[0]);
  const count = options().length;
  status.textContent = error || (count ? word("found", { count }) : word("foundNothing"));
  status.toggleAttribute("data-quiet", !error && count > 0);
  return undefined;
}

/** The options from the server, without people whose conversation is listed already. */
function found(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const known = new Set(options().map((each) => each.dataset.with));
  return [...template.content.children].filter((each) => !known.has(each.dataset.only));
}

function select(next) {
  options().forEach((each, number) => {
    each.id = `option-${number}`;
    each.setAttribute("aria-selected", String(each === next));
  });
  if (next) field.setAttribute("aria-activedescendant", next.id); else field.removeAttribute("aria-activedescendant");
  next?.scrollIntoView({ block: "nearest" });
}

function go(to) {
  if (to?.dataset.href) {
    dialog.close();
    visit(to.dataset.href);
  } else if (to) {
    writeTo(to.dataset.only);
  }
}

/** The dialog stays until the conversation's page is here: what is typed meanwhile is not for the room behind it. */
function writeTo(person) {
  const form = document.getElementById("switcher-write");
  form.elements.only.value = person;
  field.disabled = true;
  addEventListener("pagehide", () => dialog.close(), { once: true });
  form.submit();
}

field.addEventListener("input", search);
onKey(field, (event) => {
  const all = options();
  const here = all.indexOf(selected());
  const next = { ArrowDown: here + 1, ArrowUp: here - 1 + all.length }[event.key];
  if (event.key === "Enter") go(selected());
  if (event.key !== "Enter" && (next === undefined || !all.length)) return;
  event.preventDefault();
  if (next !== undefined) select(all[next % all.length]);
});
list.addEventListener("click", (event) => go(event.target.closest(".option")));
