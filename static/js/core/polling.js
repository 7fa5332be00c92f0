/** Polls the beat every few seconds where WebSockets fail. A poll costs little while nothing is new. */
import { at, get, UnexpectedAnswer } from "./net.js";
import { toSignIn } from "./sign-in.js";

const EVERY = 4000; // milliseconds
const EVERY_HIDDEN = 20_000;
const CONFIRMED_AFTER = 2; // answers: on a server that just came back, sockets work again too

/**
 * @param room returns the shown room's id, or undefined
 * @param on {beat(beat), confirmed()}: a beat that differs from the last; polling works, and sockets still fail
 */
export function polling({ room, on }) {
  let running = false;
  let timer = 0;
  let etag = "";
  let answers = 0;

  function stop() {
    running = false;
    clearTimeout(timer);
  }

  async function ask() {
    clearTimeout(timer);
    let wait = document.hidden ? EVERY_HIDDEN : EVERY;
    try {
      const shown = room();
      const answer = await get(at(`beat/${shown ? `?room=${shown}` : ""}`), etag && { "If-None-Match": etag });
      if (!running || shown !== room()) return;
      if (answer.status === 401) {
        stop();
        toSignIn();
        return;
      }
      if (answer.status === 429) wait = Math.max(wait, 1000 * Number(answer.headers.get("Retry-After")));
      else if (!answer.ok && answer.status !== 304) throw new UnexpectedAnswer(`the beat was answered ${answer.status}`);
      if (answer.ok) {
        etag = answer.headers.get("ETag") ?? "";
        on.beat(await answer.json());
      }
      answers += 1;
      if (answers === 1) dispatchEvent(new Event("live"));
      if (answers >= CONFIRMED_AFTER) on.confirmed();
    } catch (error) {
      if (!(error instanceof TypeError)) console.warn(error);
      stop(); // no connection at all; the next failed socket starts polling again
      return;
    }
    timer = setTimeout(ask, wait * (0.75 + Math.random() / 2));
  }

  document.addEventListener("visibilitychange", () => !document.hidden && running && ask());

  return {
    begin() {
      if (running) return;
      running = true;
      etag = "";
      answers = 0;
      ask();
    },
    stop,
    /** Another room is shown. */
    roomChanged() {
      etag = "";
      if (running) ask();
    },
  };
}
