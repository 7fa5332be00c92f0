/** The dialog to jump to a day, opened from the details or from a divider between days. */
import { isoDay } from "../core/calendar.js";
import { listeningUntil } from "../core/listening.js";
import { announce, toast } from "../core/toasts.js";
import { dayName } from "../core/times.js";
import { word } from "../core/words.js";

/** @param since jumps to the first message since a moment, or to the last message, and returns its row */
export function days({ stream, since, signal }) {
  const dialog = document.getElementById("day");
  const form = dialog.querySelector("form");
  const field = form.elements.on;
  const listen = listeningUntil(signal);

  listen(document, "click", (event) => {
    const button = event.target.closest("[data-action='day']");
    if (!button) return;
    field.max = isoDay(new Date());
    field.value = button.querySelector("time")?.dateTime ?? field.max;
    dialog.showModal();
    field.focus();
  });

  listen(form, "submit", async (event) => {
    event.preventDefault();
    const [year, month, day] = field.value.split("-").map(Number);
    const wanted = new Date(year, month - 1, day);
    dialog.close();
    // On a phone the details cover the messages.
    if (!stream.checkVisibility()) document.querySelector("#details [data-toggle='details']").click();
    const row = await since(wanted);
    if (!row) return;
    const found = new Date(row.querySelector("time").dateTime);
    const words = { asked: dayName(wanted), day: dayName(found) };
    if (isoDay(found) === isoDay(wanted)) announce(word("wentTo", words));
    else toast(word(found < wanted ? "noDay" : "nextDay", words));
  });
}
