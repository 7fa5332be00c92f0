/** What the shown room is called, and the list of who is in it. */
import { fetchPlaces } from "../core/htmx.js";
import { learn, nameOf } from "../core/names.js";
import { tellRetention } from "./retention.js";
import * as sidebar from "../sidebar/sidebar.js";

const data = document.body.dataset;
const members = document.getElementById("members");
const title = () => document.getElementById("room-title");

/**
 * @param field the composer's, whose placeholder has the room's name
 * @param described called with what the title says of the room, when it is another
 * @param begins called with the seq of the first message that the room keeps
 */
export function about({ field, described, begins }) {
  for (const member of members.children) learn(member);

  /** The title's element, but for a direct conversation, which has none of its own. */
  function describe(element) {
    const { name, kind, topic, first } = element.dataset;
    tellRetention(element.dataset);
    begins(Number(first));
    if (kind === "direct") return;
    title().replaceWith(element);
    document.getElementById("details-topic").textContent = topic;
    described(element.dataset);
    sidebar.describe(data.room, element.dataset);
    call(`#${name}`);
  }

  function call(label) {
    for (const place of document.querySelectorAll("[data-room-name]")) {
      field.placeholder = field.placeholder.replace(place.textContent, () => label);
      place.textContent = label;
    }
    sidebar.showTitle(label);
  }

  /** A direct conversation is called by the others in it. */
  function callByPeople() {
    if (title().dataset.kind !== "direct") return;
    const others = [...members.children].filter((row) => row.dataset.person !== data.me);
    const label = others.map((row) => nameOf(row.dataset.person)).join(", ");
    const shown = title().querySelector("h1 span");
    if (shown.textContent === label) return;
    shown.textContent = label;
    call(label);
    fetchPlaces();
  }

  /** Somebody who is in the room, or has left it. */
  function seat(element) {
    document.getElementById(element.id)?.remove();
    const before = nameOf(element.dataset.person);
    learn(element);
    if (before !== undefined && before !== nameOf(element.dataset.person)) fetchPlaces(); // the last lines name them
    if (element.dataset.person === data.me) data.role = element.dataset.role;
    // A direct conversation is called by all its people, also by those who are no longer here; their rows are not shown.
    if (element.dataset.left !== undefined && title().dataset.kind !== "direct") return;
    const name = nameOf(element.dataset.person);
    const next = [...members.children].find((other) => nameOf(other.dataset.person).localeCompare(name) > 0);
    members.insertBefore(element, next ?? null);
    callByPeople();
  }

  return {
    /** The elements that have versions, as the page came with them. */
    elements: [...members.children, title()],
    describe,
    seat,
    clear: () => members.replaceChildren(),
  };
}
