/** Goes to a page of the chat: in place where the page can (app/switching.js), else by loading it. */
let inPlace = () => false;

/** @param {(url: URL, options: object) => boolean} show shows what is at the address, and returns whether it could */
export function showInPlace(show) {
  inPlace = show;
}

/** @param replace whether the page at the current address is left out of the browser's history */
export function visit(href, { replace = false } = {}) {
  const url = new URL(href, location.href);
  if (!inPlace(url, { replace })) location.assign(url);
}
