/** How the connection is, in one calm sentence. What is over in a moment is not shown. */
const TELL_AFTER = 2000; // milliseconds
const CATCHING_AFTER = 500;
const BACK_FOR = 2500;

const FINE = new Set(["", "catching", "back"]);

/** @param banner the element with a [data-when] for each state; may be null */
export function connectionBanner(banner) {
  let state = "";
  let timer = 0;
  let turn = 0; // how often the line came and went

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
    /** No line, for now; `known` already, where the page itself came without one. */
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
    /** Somebody else answers in our place. */
    captive: () => say("captive"),
    /** The line is there, but for sockets. */
    polling: () => state !== "asking" && say("asking"),
    /** @param done a promise if there is something to catch up with */
    async up(done) {
      if (state && FINE.has(state)) return; // it is being told, and ends by itself
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
