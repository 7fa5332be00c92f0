/** The user is no longer in the shown room: the page says so, and returns their unsent texts. */
import { closeAll } from "../core/overlays.js";

/**
 * @param parts the elements of the page to hide
 * @param emptied those of them that hold what the user may not see any longer
 * @param unsent returns the texts that the server does not have
 * @param lost called once, before the page changes
 */
export function accessLost({ parts, emptied, unsent, lost }) {
  let over = false;
  return {
    get over() {
      return over;
    },
    show() {
      if (over) return; // a frame, a close code and a 404 may all report it
      over = true;
      const texts = unsent();
      lost();
      closeAll();
      document.querySelector(".app").dataset.pane = "room"; // a phone may show only the details
      const notice = document.getElementById("t-gone").content.cloneNode(true);
      if (texts.length) {
        notice.querySelector("[data-unsent]").hidden = false;
        notice.querySelector("textarea").value = texts.join("\n\n");
      }
      for (const part of parts) part.hidden = true;
      for (const part of emptied) part.replaceChildren();
      notice.querySelector("h2").tabIndex = -1;
      const main = document.getElementById("main");
      main.append(notice);
      main.querySelector("#gone h2").focus();
      document.getElementById("connection").hidden = true;
    },
  };
}
