/** The banner about the connection. Short interruptions are not shown. */
const SHOW_AFTER = 2000; // milliseconds
const CATCHING_AFTER = 500;
const BACK_FOR = 2500;

const CONNECTED = new Set(["", "catching", "back"]);

/** @param banner the element with a [data-when] for each state; may be null */
export function connectionBanner(banner) {
  let state = "";
  let timer = 0;
  let change = 0; // counts them: a later change cancels a pending one

  function show(next) {
    clearTimeout(timer);
    timer = 0;
    state = next;
    if (!banner) return;
    for (const words of banner.querySelectorAll("[data-when]")) words.hidden = !words.dataset.when.split(" ").includes(state);
    banner.dataset.line = state;
    banner.hidden = !state;
  }

  const later = (next, milliseconds) => { timer = setTimeout(() => show(next), milliseconds); };

  return {
    /** The connection is lost; `known` if the page itself was loaded without one, and the banner need not wait. */
    down({ known = false } = {}) {
      change += 1;
      if (!navigator.onLine) show("offline");
      else if (state === "offline") show("connecting");
      else if (known) show("connecting");
      else if (CONNECTED.has(state)) {
        if (state) show("");
        timer ||= setTimeout(() => show(navigator.onLine ? "connecting" : "offline"), SHOW_AFTER);
      }
    },
    /** Another server answers in place of ours: a captive portal. */
    captive: () => show("captive"),
    /** HTTP works, WebSockets do not. */
    polling: () => state !== "asking" && show("asking"),
    /** @param done a promise if there is something to catch up on */
    async up(done) {
      if (state && CONNECTED.has(state)) return; // the banner says so already, and hides by itself
      clearTimeout(timer);
      timer = 0;
      if (!state) return;
      change += 1;
      const started = change;
      later("catching", CATCHING_AFTER);
      await done;
      if (started !== change) return;
      show("back");
      later("", BACK_FOR);
    },
  };
}
