/**
 * A person's name and picture follow the newest version seen of them, whichever fragment carried it: frames overtake
 * each other, and one that was rendered before a renaming may come after it.
 */
const people = new Map();

const NAME = ".message__name, .person__name";

export function learn(element) {
  const id = element.dataset.author ?? element.dataset.person;
  if (id === undefined) return;
  const version = Number(element.dataset.authorVersion ?? element.dataset.personVersion);
  const known = people.get(id);
  if (known && known.version > version) {
    wear(element, known);
  } else if (!known || known.version < version) {
    const avatar = element.querySelector(".avatar");
    const person = { version, name: element.querySelector(NAME).textContent, initials: avatar.textContent, hue: avatar.dataset.hue };
    people.set(id, person);
    if (known && (known.name !== person.name || known.initials !== person.initials)) {
      for (const other of document.querySelectorAll(`[data-author="${id}"], [data-person="${id}"]`)) wear(other, person);
    }
  }
}

export function nameOf(id) {
  return people.get(String(id))?.name;
}

function wear(element, { name, initials, hue }) {
  const avatar = element.querySelector(".avatar");
  element.querySelector(NAME).textContent = name;
  avatar.textContent = initials;
  avatar.dataset.hue = hue;
}
