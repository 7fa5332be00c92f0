/** The title of the shown room and the list of its members: two kinds of rows. */
import { fetchRoomList } from "../core/htmx.js";
import { learnPerson, nameOf } from "../core/names.js";
import { showRetention } from "./retention.js";
import { registerRowKind } from "./row-kinds.js";
import * as sidebar from "../sidebar/sidebar.js";

const data = document.body.dataset;
const title = () => document.getElementById("room-title");
const isDirect = () => title().dataset.kind === "direct";

/**
 * @param field the composer's field, whose placeholder has the room's name
 * @param titleChanged called with the data attributes of a new title
 * @param expired called with the seq of the first message that the room keeps
 */
export function roomHeader({ field, titleChanged, expired }) {
  const members = document.getElementById("members");
  for (const member of members.children) learnPerson(member);

  /** Replace the title. For a direct conversation the page has a title of its own. */
  function applyTitle(element) {
    const { name, kind, topic, first } = element.dataset;
    showRetention(element.dataset);
    expired(Number(first));
    if (kind === "direct") return;
    title().replaceWith(element);
    document.getElementById("details-topic").textContent = topic;
    titleChanged(element.dataset);
    sidebar.titleChanged(data.room, element.dataset);
    showName(`#${name}`);
  }

  function showName(name) {
    for (const element of document.querySelectorAll("[data-room-name]")) {
      element.textContent = name;
    }
    field.placeholder = field.dataset.placeholder.replace("{name}", () => name);
    sidebar.updateTitle(name);
  }

  /** A direct conversation is named after its other members. */
  function nameByPeople() {
    if (!isDirect()) return;
    const others = [...members.children].filter((row) => row.dataset.person !== data.me);
    const name = others.map((row) => nameOf(row.dataset.person)).join(", ");
    const shown = title().querySelector("h1 span");
    if (shown.textContent === name) return;
    shown.textContent = name;
    showName(name);
    fetchRoomList();
  }

  /** Insert a current or former member. */
  function applyMember(element) {
    document.getElementById(element.id)?.remove();
    const before = nameOf(element.dataset.person);
    learnPerson(element);
    if (before !== undefined && before !== nameOf(element.dataset.person)) fetchRoomList(); // last messages in the list show the name
    if (element.dataset.person === data.me) data.role = element.dataset.role;
    // A direct conversation is named after all its members, including former ones, whose rows are hidden.
    if (element.dataset.left !== undefined && !isDirect()) return;
    const name = nameOf(element.dataset.person);
    const next = [...members.children].find((other) => nameOf(other.dataset.person).localeCompare(name) > 0);
    members.insertBefore(element, next ?? null);
    nameByPeople();
  }

  registerRowKind("room-title", { apply: applyTitle, elements: () => [title()] });
  registerRowKind("member-", { apply: applyMember, elements: () => members.children, clear: () => members.replaceChildren() });
}
