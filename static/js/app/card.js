/** A click on a name or a picture opens the person's card. The link leads to the same content as a page. */
import { openDialog } from "../core/htmx.js";
import { at } from "../core/net.js";

const people = at("people/");
const isCard = ({ origin, pathname }) => origin === location.origin && pathname.startsWith(people) && /^\d+\/$/.test(pathname.slice(people.length));

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const link = event.target.closest("a[href]") ?? nameBeside(event.target.closest(".avatar"));
  if (!link || !isCard(link)) return;
  event.preventDefault();
  link.focus({ preventScroll: true }); // the dialog returns the focus there
  openDialog(link.pathname);
});

function nameBeside(avatar) {
  return avatar?.closest(".message, .person, .row")?.querySelector(".message__name[href], .person__name[href], a.row__body");
}
