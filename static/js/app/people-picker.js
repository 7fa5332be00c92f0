/** Choosing people while searching: the chosen are counted, and stay chosen whatever is searched. */
import { afterSwap, searchAgain, unlessBusy } from "../core/htmx.js";
import { announce } from "../core/toasts.js";
import { word } from "../core/words.js";

const form = document.getElementById("people-form");
const count = document.getElementById("people-count");

const chosen = () => [...form.querySelectorAll("[name=person]:checked")].map(({ value }) => value).sort();

function showCount() {
  const { length } = chosen();
  count.textContent = length > 1 ? count.dataset.many.replace("{n}", length) : length ? count.dataset.one : "";
}

/** Whether somebody was chosen since the search was sent: its answer does not know, so it is asked again. */
function isOutdated({ responseURL }) {
  const asked = new URL(responseURL, location.href).searchParams.getAll("person").sort();
  return asked.join() !== chosen().join();
}

if (form) {
  form.addEventListener("change", showCount);
  addEventListener("pageshow", showCount); // the browser remembers what was chosen
  unlessBusy((target, xhr) => {
    const again = target.id === "people-found" && isOutdated(xhr);
    if (again) setTimeout(searchAgain, 0, document.querySelector(".search")); // when this request is over
    return again;
  });
}

afterSwap((target) => {
  if (target.dataset.results === undefined) return;
  if (form) showCount();
  const rows = target.querySelectorAll(".row").length;
  announce(rows ? word("found", { count: rows }) : word("foundNothing"));
});
