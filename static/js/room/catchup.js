/** Asks the server for what is missing: one request at a time, again until nothing is. */
import { parse } from "../core/fragments.js";
import { at, get, NotOurs } from "../core/net.js";
import { toSignIn } from "../accounts/sign-in.js";

const PATIENCE = 300; // milliseconds: publishes overtake each other, and most gaps close by themselves
const AGAIN_AFTER = 2000;

/**
 * @param rules the page's rules
 * @param room the room's id
 * @param take called as take(rows, verdicts, startOver)
 * @param lost called when the room is not ours any longer
 */
export function catchUp({ rules, room, take, lost }) {
  let timer = 0;
  let asking = false;
  let wanted = false;
  const waiting = []; // to be told when nothing is missing

  async function ask() {
    const after = rules.held;
    const answer = await get(at(`rooms/${room}/changes/?after=${after}`));
    if (answer.status === 401) return toSignIn();
    if (answer.status === 404) return lost();
    if (!answer.ok) throw new NotOurs(`catch-up answered ${answer.status}`);
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

  async function drain() {
    clearTimeout(timer);
    timer = 0;
    if (asking) {
      wanted = true;
      return;
    }
    asking = true;
    try {
      do {
        wanted = false;
        const before = rules.held;
        await ask();
        // An answer that brought us no further would not the next time either: wait for better times.
        if (wanted && rules.held === before) throw new Error("catch-up stands still");
      } while (wanted);
      for (const told of waiting.splice(0)) told();
    } catch (error) {
      if (!(error instanceof TypeError)) console.warn(error); // a TypeError is fetch's word for "no network", and ours for who answers in its place
      timer = setTimeout(drain, AGAIN_AFTER);
    } finally {
      asking = false;
    }
  }

  return {
    /** At once. @return a promise of the time when nothing is missing, however often it takes */
    now() {
      const done = new Promise((resolve) => { waiting.push(resolve); });
      drain();
      return done;
    },
    /** The server has this version: if its frame is not here soon, it was lost. */
    expect(version) {
      setTimeout(() => rules.held < version && drain(), AGAIN_AFTER);
    },
    /** Soon, unless the gap closes meanwhile. */
    soon() {
      timer ||= setTimeout(() => {
        timer = 0;
        if (rules.seen.size > 0) drain();
      }, PATIENCE + Math.random() * PATIENCE);
    },
  };
}
