/** The interface's words come with the page, in the reader's language. */
const words = JSON.parse(document.getElementById("words").textContent);

export function word(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key]);
}

/** A copy of what a <template> of the page holds. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
