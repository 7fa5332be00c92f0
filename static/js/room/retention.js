/**
 * How long messages are kept, as the room's title says: in the details, and above the first message where older ones are
 * gone.
 */
export function tellRetention({ first, days }) {
  for (const place of document.querySelectorAll("[data-kept-for]")) {
    const { day, many, year } = place.dataset;
    place.textContent = days === undefined ? "" : { 1: day, 365: year }[days] ?? many.replace("{n}", days);
  }
  const gone = Number(first) > 1;
  document.getElementById("begin").hidden = gone;
  document.getElementById("begin-later").hidden = !gone;
}
