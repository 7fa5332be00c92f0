/**
 * What a sender does after each answer, and how long it waits. Pure: no network, no DOM. The same cases test it and its Python
 * twin (tests/cases/delivery_rules.json, tests/support/delivery.py).
 *
 * An outcome is {kind, seconds, why}. Its kinds: "done"; "refused", for good; "early", to be retried after `seconds`; "signedOut";
 * "away", if the server or a part of it can't be reached; "failed", if the server has an error.
 */
const TRIES = 4; // if the server answers with an error of its own
const FIRST_WAIT = 1; // seconds, as all here
const LONGEST_WAIT = 15;
const UNAVAILABLE = new Set([502, 503, 504]); // the server or a part of it is unavailable
const RETRY_LATER = new Set([429, 507]); // too many requests, or the storage is full

const backoff = (times) => Math.min(FIRST_WAIT * 2 ** times, LONGEST_WAIT);

/** The outcome of a frame that answers a post. */
export function ofSocket({ type, retry_after: seconds, text: why }) {
  if (type === "posted") return { kind: "done" };
  if (type === "refused") return seconds ? { kind: "early", seconds, why } : { kind: "refused", why };
  return { kind: type === "failed" && seconds ? "away" : "failed" };
}

/** The outcome of an HTTP answer; the reason is in its body. */
export function ofHttp(status, retryAfter) {
  if (status >= 200 && status < 300) return { kind: "done" };
  if (status === 401) return { kind: "signedOut" };
  if (RETRY_LATER.has(status)) return { kind: "early", seconds: Number(retryAfter) || 1 };
  if (status >= 500) return { kind: UNAVAILABLE.has(status) ? "away" : "failed" };
  return { kind: "refused" };
}

/** The rules for one item. */
export class DeliveryRules {
  #tries = 0;
  #timesAway = 0;

  /**
   * @return {step, seconds}: "done"; "fail"; "signIn"; "wait" exactly so long; "back", wait about so long or until the connection
   * is back; "again", retry after about so long.
   */
  next({ kind, seconds }) {
    switch (kind) {
      case "done": return { step: "done" };
      case "refused": return { step: "fail" };
      case "signedOut": return { step: "signIn" };
      case "early": return { step: "wait", seconds };
      // Retried without a limit.
      case "away": return { step: "back", seconds: backoff(this.#timesAway++) };
      default:
        this.#tries += 1;
        return this.#tries < TRIES ? { step: "again", seconds: backoff(this.#tries - 1) } : { step: "fail" };
    }
  }
}
