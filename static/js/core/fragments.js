/** Fragments as the server renders them: elements that carry their key and version. */

/** @returns {{key: string, version: number, seq: number|null, element: HTMLElement}[]} */
export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children].map(describe);
}

export function describe(element) {
  const { version, seq } = element.dataset;
  return { key: element.id, version: Number(version), seq: seq === undefined ? null : Number(seq), element };
}
