/** Sends one item of the outbox: over the socket if the page shows its room, else over HTTP. */
import { reason } from "../core/answers.js";
import { parse } from "../core/fragments.js";
import { post } from "../core/net.js";
import { pause } from "../core/pause.js";
import { signInAgain } from "../core/sign-in.js";
import { timeOf } from "../core/times.js";
import { word } from "../core/words.js";
import { DeliveryRules, ofHttp, ofSocket } from "./delivery-rules.js";

const ANSWER_WITHIN = 15_000;
const SHOW_WAIT_AFTER = 10; // seconds; longer waits are shown

/** Pause, or wait until the connection is back: the page's socket, or the browser's online event. */
const connectionBack = (milliseconds, signal) => Promise.race([
  new Promise((resolve) => { for (const sign of ["online", "live"]) addEventListener(sign, resolve, { once: true }); }),
  pause(milliseconds, signal),
]);

/** Random, so that pages do not retry all at once. */
const jitter = (seconds) => 1000 * seconds * (0.5 + Math.random());

/**
 * @param socket the page's socket
 * @param shown returns {room, arrived(id), take(rows), expect(version)} of the room that the page shows, or null
 * @return async (item, {signal, note}) => {done: true} or {failed: sentence}, after any time. `signal` says that the item was
 *   discarded, `note(sentence)` shows what it waits for.
 */
export function delivery({ socket, shown }) {
  /** What the page has of the room, if it shows it. */
  const here = (room) => (shown()?.room === room ? shown() : null);

  return async function deliver(item, { signal, note }) {
    const arrived = () => here(item.room)?.arrived(item.id) ?? false;
    const startedAt = Date.now();
    let shownNote = "";
    const showNote = async (sentence) => {
      if (sentence !== shownNote) await note(shownNote = sentence);
    };
    const rules = new DeliveryRules();
    while (!arrived() && !signal.aborted) {
      // Without an answer it may have arrived: the same id makes retries safe.
      const outcome = await overSocket(item) ?? await overHttp(item).catch(() => ({ kind: "away" }));
      const { step, seconds } = rules.next(outcome);
      if (step === "done") return { done: true };
      if (step === "fail" && outcome.why) return { failed: outcome.why };
      if (step === "fail") break;
      if (step === "signIn") await signInAgain();
      else if (step === "wait") {
        if (seconds > SHOW_WAIT_AFTER) await showNote(`${outcome.why} ${word("goesOut", { time: timeOf(Date.now() + 1000 * seconds) })}`);
        await pause(1000 * seconds, signal);
      } else if (step === "back") {
        // The banner already shows a lost connection.
        if (Date.now() - startedAt > 1000 * SHOW_WAIT_AFTER && navigator.onLine && socket().open) await showNote(word("waits"));
        await connectionBack(jitter(seconds), signal);
      } else await pause(jitter(seconds), signal);
    }
    return arrived() || signal.aborted ? { done: true } : { failed: word("notSent") };
  };

  /** @return the outcome, or null if the socket did not answer */
  async function overSocket({ id, room, body }) {
    if (!here(room)) return null;
    const answer = await socket().ask({ type: "post", id, body }, ANSWER_WITHIN, room);
    if (answer?.type === "posted") here(room)?.expect(answer.version);
    return answer && ofSocket(answer);
  }

  async function overHttp({ id, room, url, body }) {
    const answer = await post(url, { id, body }, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    const outcome = ofHttp(answer.status, answer.headers.get("Retry-After"));
    if (outcome.kind === "done") here(room)?.take(parse(await answer.text()));
    if (outcome.kind === "early" || outcome.kind === "refused") outcome.why = await reason(answer, "notSent");
    return outcome;
  }
}
