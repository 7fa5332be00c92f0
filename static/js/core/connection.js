/** The banner about the connection. Short interruptions are not shown. */
const TELL_AFTER = 2000; // milliseconds
const CATCHING_AFTER = 500;
const BACK_FOR = 2500;

const FINE = new Set(["", "catching", "back"]);

/** @param banner the element with a [data-when] for each state; may be null */
export function connectionBanner(banner) {
  let state = "";
  let timer = 0;
  let turn = 0; // counts the changes of the connection

  function say(next) {
    clearTimeout(timer);
    timer = 0;
    state = next;
    if (!banner) return;
    for (const words of banner.querySelectorAll("[data-when]")) words.hidden = !words.dataset.when.split(" ").includes(state);
    banner.dataset.line = state;
    banner.hidden = !state;
  }

  const later = (next, milliseconds) => { timer = setTimeout(() => say(next), milliseconds); };

  return {
    /** The connection is lost; `known` if the page itself was loaded without one, and the banner need not wait. */
    down({ known = false } = {}) {
      turn += 1;
      if (!navigator.onLine) say("offline");
      else if (state === "offline") say("connecting");
      else if (known) say("connecting");
      else if (FINE.has(state)) {
        if (state) say("");
        timer ||= setTimeout(() => say(navigator.onLine ? "connecting" : "offline"), TELL_AFTER);
      }
    },
    /** Another server answers in place of ours: a captive portal. */
    captive: () => say("captive"),
    /** HTTP works, WebSockets do not. */
    polling: () => state !== "asking" && say("asking"),
    /** @param done a promise if there is something to catch up on */
    async up(done) {
      if (state && FINE.has(state)) return; // the banner says so already, and hides by itself
      clearTimeout(timer);
      timer = 0;
      if (!state) return;
      turn += 1;
      const mine = turn;
      later("catching", CATCHING_AFTER);
      await done;
      if (mine !== turn) return;
      say("back");
      later("", BACK_FOR);
    },
  };
}
