/** Bringing one item of the outbox to the server: over the socket of the page that shows its room, else over HTTP. */
import { reason } from "./answers.js";
import { parse } from "./fragments.js";
import { post } from "./net.js";
import { signInAgain } from "./signin.js";
import { timeOf } from "./times.js";
import { word } from "./words.js";

const TRIES = 4;
const ANSWER_WITHIN = 15_000;
const ASK_AGAIN_AFTER = 15_000;
const WAIT_QUIETLY = 10; // seconds; what takes longer is said
const LONGEST_TIMER = 2 ** 31 - 1;

/** @param given a signal that ends it early */
function pause(milliseconds, given) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER));
    given?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** Until there is a line again: the page's socket, or the browser's word for it; or, if neither tells, for a while. */
const back = (given) => Promise.race([
  new Promise((resolve) => { for (const sign of ["online", "live"]) addEventListener(sign, resolve, { once: true }); }),
  pause(ASK_AGAIN_AFTER, given),
]);

/**
 * @param socket the page's socket
 * @param shown {room, arrived(id), take(rows), kept(version)} of the room that the page shows, or null
 * @return async (item, {given, note}) => {done: true} or {failed: sentence}; it takes as long as it takes. `given` is a signal
 *   that the item was given up, `note(sentence)` is told what it waits for.
 */
export function delivery({ socket, shown }) {
  return async function deliver(item, { given, note }) {
    const arrived = () => shown?.room === item.room && shown.arrived(item.id);
    for (let tries = 0; tries < TRIES && !arrived() && !given.aborted;) {
      try {
        const { done, wait, refused, signedOut, why } = await overSocket(item) ?? await overHttp(item);
        if (done) return { done };
        if (refused) return { failed: refused };
        if (signedOut) {
          await signInAgain();
          continue;
        }
        if (wait) {
          if (wait > WAIT_QUIETLY) await note(`${why} ${word("goesOut", { time: timeOf(Date.now() + 1000 * wait) })}`);
          await pause(1000 * wait, given);
          continue;
        }
      } catch {
        // No answer says nothing about whether it arrived: the same id makes trying again safe.
        if (!navigator.onLine || !socket().open) {
          await back(given);
          continue;
        }
      }
      tries += 1;
      if (tries < TRIES) await pause(500 * 2 ** tries * (0.5 + Math.random()));
    }
    return arrived() || given.aborted ? { done: true } : { failed: word("notSent") };
  };

  /** {done}, {wait: seconds} or {refused: sentence}; nothing of these when it failed. Null if the socket did not answer. */
  async function overSocket({ id, room, body }) {
    if (shown?.room !== room) return null;
    const answer = await socket().ask({ type: "post", id, body }, ANSWER_WITHIN);
    if (answer?.type === "posted") shown.kept(answer.version);
    return answer && {
      done: answer.type === "posted",
      ...(answer.type === "refused" && refusal(answer.retry_after, answer.text)),
    };
  }

  async function overHttp({ id, room, url, body }) {
    const answer = await post(url, { id, body }, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    if (answer.status === 401) return { signedOut: true };
    if (answer.ok && shown?.room === room) shown.take(parse(await answer.text()));
    if (answer.ok || answer.status >= 500) return { done: answer.ok };
    return refusal(answer.status === 429 && Number(answer.headers.get("Retry-After") ?? 1), await reason(answer, "notSent"));
  }
}

/** What is only too early keeps its place, and those behind it theirs. */
const refusal = (wait, text) => (wait ? { wait, why: text } : { refused: text });
