/** Sends one item of the outbox: over the socket if the page shows its room, else over HTTP. */
import { reason } from "../core/answers.js";
import { parse } from "../core/fragments.js";
import { post } from "../core/net.js";
import { signInAgain } from "../accounts/sign-in.js";
import { timeOf } from "../core/times.js";
import { word } from "../core/words.js";
import { DeliveryRules, ofHttp, ofSocket } from "./delivery-rules.js";

const ANSWER_WITHIN = 15_000;
const WAIT_QUIETLY = 10; // seconds; longer waits are shown
const LONGEST_TIMER = 2 ** 31 - 1;

/** @param given a signal that ends the pause early */
function pause(milliseconds, given) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST_TIMER));
    given?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** Pause, or wait until the connection is back: the page's socket, or the browser's online event. */
const back = (milliseconds, given) => Promise.race([
  new Promise((resolve) => { for (const sign of ["online", "live"]) addEventListener(sign, resolve, { once: true }); }),
  pause(milliseconds, given),
]);

/** Random, so that pages do not retry all at once. */
const about = (seconds) => 1000 * seconds * (0.5 + Math.random());

/**
 * @param socket the page's socket
 * @param shown {room, arrived(id), take(rows), kept(version)} of the room that the page shows, or null
 * @return async (item, {given, note}) => {done: true} or {failed: sentence}, after any time. `given` is a signal that the item
 *   was discarded, `note(sentence)` shows what it waits for.
 */
export function delivery({ socket, shown }) {
  return async function deliver(item, { given, note }) {
    const arrived = () => shown?.room === item.room && shown.arrived(item.id);
    const began = Date.now();
    let told = "";
    const tell = async (sentence) => {
      if (sentence !== told) await note(told = sentence);
    };
    const rules = new DeliveryRules();
    while (!arrived() && !given.aborted) {
      // Without an answer it may have arrived: the same id makes retries safe.
      const outcome = await overSocket(item) ?? await overHttp(item).catch(() => ({ kind: "away" }));
      const { step, seconds } = rules.next(outcome);
      if (step === "done") return { done: true };
      if (step === "fail" && outcome.why) return { failed: outcome.why };
      if (step === "fail") break;
      if (step === "signIn") await signInAgain();
      else if (step === "wait") {
        if (seconds > WAIT_QUIETLY) await tell(`${outcome.why} ${word("goesOut", { time: timeOf(Date.now() + 1000 * seconds) })}`);
        await pause(1000 * seconds, given);
      } else if (step === "back") {
        // The banner already shows a lost connection.
        if (Date.now() - began > 1000 * WAIT_QUIETLY && navigator.onLine && socket().open) await tell(word("waits"));
        await back(about(seconds), given);
      } else await pause(about(seconds), given);
    }
    return arrived() || given.aborted ? { done: true } : { failed: word("notSent") };
  };

  /** @return the outcome, or null if the socket did not answer */
  async function overSocket({ id, room, body }) {
    if (shown?.room !== room) return null;
    const answer = await socket().ask({ type: "post", id, body }, ANSWER_WITHIN);
    if (answer?.type === "posted") shown.kept(answer.version);
    return answer && ofSocket(answer);
  }

  async function overHttp({ id, room, url, body }) {
    const answer = await post(url, { id, body }, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    const outcome = ofHttp(answer.status, answer.headers.get("Retry-After"));
    if (outcome.kind === "done" && shown?.room === room) shown.take(parse(await answer.text()));
    if (outcome.kind === "early" || outcome.kind === "refused") outcome.why = await reason(answer, "notSent");
    return outcome;
  }
}
