/**
 * What a sender does after each answer, and how long it waits. Nothing here asks the server or the page: the same cases hold it
 * and its twin in Python (tests/cases/delivery_rules.json, tests/support/delivery.py).
 *
 * An outcome is {kind, seconds, why}. Its kinds: "done"; "refused", for good; "early", to be tried after `seconds`; "signedOut";
 * "away", where the server or a part of it can't be reached; "failed", where it answers with a fault of its own.
 */
const TRIES = 4; // where the server answers, and it is a fault of its own
const FIRST_WAIT = 1; // seconds, as all here
const LONGEST_WAIT = 15;
const AWAY = new Set([502, 503, 504]); // the server, or a part of it: what is answered in its place
const LATER = new Set([429, 507]); // too often, or no room to keep it

const longer = (times) => Math.min(FIRST_WAIT * 2 ** times, LONGEST_WAIT);

/** The outcome of a frame that answers a post. */
export function ofSocket({ type, retry_after: seconds, text: why }) {
  if (type === "posted") return { kind: "done" };
  if (type === "refused") return seconds ? { kind: "early", seconds, why } : { kind: "refused", why };
  return { kind: type === "failed" && seconds ? "away" : "failed" };
}

/** The outcome of an HTTP answer; the sentence is in its body. */
export function ofHttp(status, retryAfter) {
  if (status >= 200 && status < 300) return { kind: "done" };
  if (status === 401) return { kind: "signedOut" };
  if (LATER.has(status)) return { kind: "early", seconds: Number(retryAfter) || 1 };
  if (status >= 500) return { kind: AWAY.has(status) ? "away" : "failed" };
  return { kind: "refused" };
}

/** Of one item on its way. */
export class DeliveryRules {
  #tries = 0;
  #silent = 0;

  /**
   * {step, seconds}: "done"; "fail"; "signIn"; "wait" exactly so long; "back", for about so long or until there is a line again;
   * "again", after about so long.
   */
  next({ kind, seconds }) {
    switch (kind) {
      case "done": return { step: "done" };
      case "refused": return { step: "fail" };
      case "signedOut": return { step: "signIn" };
      case "early": return { step: "wait", seconds };
      // It goes out some time, however often it is tried.
      case "away": return { step: "back", seconds: longer(this.#silent++) };
      default:
        this.#tries += 1;
        return this.#tries < TRIES ? { step: "again", seconds: longer(this.#tries - 1) } : { step: "fail" };
    }
  }
}
