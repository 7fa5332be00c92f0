/**
 * The page shows the newest version of a person's name and picture that any fragment had. Frames arrive out of order: one
 * rendered before a renaming may come after it.
 */
import { word } from "./words.js";

const people = new Map();

const NAME = ".message__name, .person__name";

export function learnPerson(element) {
  const id = element.dataset.author ?? element.dataset.person;
  if (id === undefined) return;
  const version = Number(element.dataset.authorVersion ?? element.dataset.personVersion);
  const known = people.get(id);
  if (known && known.version > version) {
    showPerson(element, known);
  } else if (!known || known.version < version) {
    const avatar = element.querySelector(".avatar");
    const person = { version, name: element.querySelector(NAME).textContent, picture: avatar.innerHTML, ...avatar.dataset };
    people.set(id, person);
    if (known && (known.name !== person.name || known.picture !== person.picture)) {
      for (const other of document.querySelectorAll(`[data-author="${id}"], [data-person="${id}"]`)) showPerson(other, person);
    }
  }
}

/** Undefined for an unknown person. A deleted account has no name, and gets a placeholder. */
export function nameOf(id) {
  const known = people.get(String(id));
  return known && called(known.name);
}

export const called = (name) => name || word("former");

function showPerson(element, { name, picture, hue, tone = 1 }) {
  const avatar = element.querySelector(".avatar");
  const shown = element.querySelector(NAME);
  shown.textContent = name;
  if (!name) shown.removeAttribute("href");
  avatar.innerHTML = picture; // the server rendered this HTML, for another fragment
  Object.assign(avatar.dataset, { hue, tone });
}
