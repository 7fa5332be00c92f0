/** Bringing one item of the outbox to the server: over the socket of the page that shows its room, else over HTTP. */
import { reason } from "../core/answers.js";
import { parse } from "../core/fragments.js";
import { post } from "../core/net.js";
import { signInAgain } from "../accounts/sign-in.js";
import { timeOf } from "../core/times.js";
import { word } from "../core/words.js";

const TRIES = 4; // where the server answers, and it is a fault of its own
const ANSWER_WITHIN = 15_000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;
const AWAY = new Set([502, 503, 504]); // the server, or a part of it: what is answered in its place
const LATER = new Set([429, 507]); // too often, or no room to keep it
const WAIT_QUIETLY = 10; // seconds; what takes longer is said
const LONGEST_TIMER = 2 ** 31 - 1;

/** @param given a signal that ends it early */
function pause(milliseconds, given) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER));
    given?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** For so long, or until there is a line again: the page's socket, or the browser's word for it. */
const back = (milliseconds, given) => Promise.race([
  new Promise((resolve) => { for (const sign of ["online", "live"]) addEventListener(sign, resolve, { once: true }); }),
  pause(milliseconds, given),
]);

/** Longer each time, and not all pages at once. */
const backoff = (times) => Math.min(FIRST_WAIT * 2 ** times, LONGEST_WAIT) * (0.5 + Math.random());

/**
 * @param socket the page's socket
 * @param shown {room, arrived(id), take(rows), kept(version)} of the room that the page shows, or null
 * @return async (item, {given, note}) => {done: true} or {failed: sentence}; it takes as long as it takes. `given` is a signal
 *   that the item was given up, `note(sentence)` is told what it waits for.
 */
export function delivery({ socket, shown }) {
  return async function deliver(item, { given, note }) {
    const arrived = () => shown?.room === item.room && shown.arrived(item.id);
    const began = Date.now();
    let told = "";
    const tell = async (sentence) => {
      if (sentence !== told) await note(told = sentence);
    };
    for (let tries = 0, silent = 0; tries < TRIES && !arrived() && !given.aborted;) {
      // No answer says nothing about whether it arrived: the same id makes trying again safe.
      const answer = await overSocket(item) ?? await overHttp(item).catch(() => ({ away: true }));
      const { done, wait, refused, signedOut, away, why } = answer;
      if (done) return { done };
      if (refused) return { failed: refused };
      if (signedOut) await signInAgain();
      else if (wait) {
        if (wait > WAIT_QUIETLY) await tell(`${why} ${word("goesOut", { time: timeOf(Date.now() + 1000 * wait) })}`);
        await pause(1000 * wait, given);
      } else if (away) {
        // It goes out some time, however often it is tried. Of a line that is gone the page tells already.
        if (Date.now() - began > 1000 * WAIT_QUIETLY && navigator.onLine && socket().open) await tell(word("waits"));
        await back(backoff(silent), given);
        silent += 1;
      } else {
        tries += 1;
        if (tries < TRIES) await pause(backoff(tries - 1), given);
      }
    }
    return arrived() || given.aborted ? { done: true } : { failed: word("notSent") };
  };

  /**
   * {done}, {wait: seconds}, {refused: sentence}, or {away} where a part of the place can't be reached; nothing of these when
   * it failed. Null if the socket did not answer.
   */
  async function overSocket({ id, room, body }) {
    if (shown?.room !== room) return null;
    const answer = await socket().ask({ type: "post", id, body }, ANSWER_WITHIN);
    if (answer?.type === "posted") shown.kept(answer.version);
    return answer && {
      done: answer.type === "posted",
      away: answer.type === "failed" && Boolean(answer.retry_after),
      ...(answer.type === "refused" && refusal(answer.retry_after, answer.text)),
    };
  }

  async function overHttp({ id, room, url, body }) {
    const answer = await post(url, { id, body }, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    if (answer.status === 401) return { signedOut: true };
    if (answer.ok && shown?.room === room) shown.take(parse(await answer.text()));
    if (answer.ok) return { done: true };
    if (LATER.has(answer.status)) return refusal(Number(answer.headers.get("Retry-After")) || 1, await reason(answer, "notSent"));
    if (answer.status >= 500) return { away: AWAY.has(answer.status) };
    return refusal(0, await reason(answer, "notSent"));
  }
}

/** What is only too early keeps its place, and those behind it theirs. */
const refusal = (wait, text) => (wait ? { wait, why: text } : { refused: text });
