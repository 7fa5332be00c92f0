/** The texts of the interface come with the page, in the user's language. */
const words = JSON.parse(document.getElementById("words").textContent);

export function word(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), words[key]);
}

/** A copy of the content of a <template>. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
