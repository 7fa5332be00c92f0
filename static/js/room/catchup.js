/** Requests missing changes from the server: one request at a time, until nothing is missing. */
import { parse } from "../core/fragments.js";
import { at, get, UnexpectedAnswer } from "../core/net.js";
import { toSignIn } from "../core/sign-in.js";

const GAP_DELAY = 300; // milliseconds: frames arrive out of order, and most gaps close by themselves
const RETRY_AFTER = 2000;

/**
 * @param rules the page's rules
 * @param room the room's id
 * @param take called as take(rows, verdicts, startOver)
 * @param lost called when the user is no longer in the room
 */
export function catchUp({ rules, room, take, lost, signal }) {
  let timer = 0;
  let running = false;
  let wanted = false;
  const waiting = []; // callbacks for when nothing is missing

  async function request() {
    const after = rules.held;
    const answer = await get(at(`rooms/${room}/changes/?after=${after}`));
    if (signal.aborted) return undefined;
    if (answer.status === 401) return toSignIn();
    if (answer.status === 404) return lost();
    if (!answer.ok) throw new UnexpectedAnswer(`catch-up answered ${answer.status}`);
    const rows = parse(await answer.text());
    const version = Number(answer.headers.get("Chat-Version"));
    if (answer.headers.has("Chat-Start-Over")) {
      const { verdicts } = rules.startOver({ version, rows, atStart: answer.headers.has("Chat-At-Start") });
      take(rows, verdicts, true);
    } else {
      const { verdicts, again } = rules.answer({ after, version, more: answer.headers.has("Chat-More"), rows });
      take(rows, verdicts, false);
      wanted ||= again;
    }
    return undefined;
  }

  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (const resolve of waiting.splice(0)) resolve();
  });

  async function drain() {
    clearTimeout(timer);
    timer = 0;
    if (signal.aborted) return;
    if (running) {
      wanted = true;
      return;
    }
    running = true;
    try {
      do {
        wanted = false;
        const before = rules.held;
        await request();
        // An answer without progress would bring none if repeated at once: retry later.
        if (wanted && rules.held === before) throw new Error("catch-up makes no progress");
      } while (wanted);
      for (const resolve of waiting.splice(0)) resolve();
    } catch (error) {
      if (!(error instanceof TypeError)) console.warn(error); // fetch throws a TypeError without a network, as we do when another server answers
      if (!signal.aborted) timer = setTimeout(drain, RETRY_AFTER);
    } finally {
      running = false;
    }
  }

  return {
    /** Catch up at once. @return a promise that resolves when nothing is missing, after any number of requests */
    now() {
      const done = new Promise((resolve) => { waiting.push(resolve); });
      drain();
      return done;
    },
    /** The server has this version: if its frame is not here soon, it was lost. */
    expect(version) {
      setTimeout(() => rules.held < version && drain(), RETRY_AFTER);
    },
    /** Catch up soon, unless the gap closes meanwhile. */
    soon() {
      timer ||= setTimeout(() => {
        timer = 0;
        if (rules.seen.size > 0) drain();
      }, GAP_DELAY + Math.random() * GAP_DELAY);
    },
  };
}
