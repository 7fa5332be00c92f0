/**
 * The page's rules: what it holds, what it applies, when it must ask. Pure: no DOM, no timers, no network.
 * docs/delivery.md says why they are so; tests/cases/page_rules.json holds them to it, here and in their Python twin.
 *
 * A row is {key, version, seq}: key is its DOM id, seq is null for what is no message.
 * A verdict is "apply" or "ignore".
 */
export class Rules {
  constructor({ held, low = null, atStart = false, rows = [] }) {
    this.held = held;
    this.low = low;
    this.atStart = atStart;
    this.seen = new Set();
    this.rows = new Map(rows.map((row) => [row.key, { version: row.version, seq: row.seq }]));
  }

  /** A bubble that waits for the server: known, and older than anything the server says of it. */
  pending(key) {
    if (!this.rows.has(key)) this.rows.set(key, { version: 0, seq: null });
  }

  /** The sender gave a bubble up. What the server has of it meanwhile stays. */
  discard(key) {
    if (this.rows.get(key)?.version === 0) this.rows.delete(key);
  }

  /** One change, by whatever way it came. */
  frame(row) {
    // A late frame about a row we hold the absence of (somebody who left since) must not bring it back.
    const verdict = row.version > this.held || this.rows.has(row.key) ? this.#row(row) : "ignore";
    if (row.version > this.held) this.seen.add(row.version);
    this.#advance();
    return { verdict, gap: this.#gap() };
  }

  /** Where the room stands. Below what we hold means a restored backup: the server's answer tells. */
  beat(version) {
    return { ask: version !== this.held };
  }

  /** The server's answer to "what came after `after`". */
  answer({ after, version, more, rows }) {
    const verdicts = rows.map((row) => this.#row(row));
    const usable = after <= this.held;
    if (usable) this.#hold(Math.max(this.held, version));
    return { verdicts, again: more || !usable || this.#gap() };
  }

  /** A page of older messages, asked for when `before` was the lowest here, read when the room stood at `version`. */
  history({ before, version, rows, atStart }) {
    // The window was replaced meanwhile: what is older than the old one does not join on to the new one.
    if (before !== this.low) return { verdicts: rows.map(() => "ignore"), drain: false };
    const seqs = rows.map((row) => row.seq).filter((seq) => seq !== null);
    if (seqs.length) this.low = Math.min(this.low ?? Infinity, ...seqs);
    this.atStart ||= atStart;
    const verdicts = rows.map((row) => this.#row(row));
    const lowered = version < this.held;
    if (lowered) {
      // What we ignored since, as outside the window, may be about these rows.
      this.held = version;
      this.seen.clear();
    }
    return { verdicts, drain: lowered };
  }

  /** Too far behind, or the numbers went back: the answer replaces the window. Pending bubbles stay. */
  startOver({ version, rows, atStart }) {
    for (const [key, row] of this.rows) if (row.version > 0) this.rows.delete(key);
    const seqs = rows.map((row) => row.seq).filter((seq) => seq !== null);
    this.low = seqs.length ? Math.min(...seqs) : null;
    this.atStart = atStart;
    this.seen.clear();
    this.held = version;
    return { verdicts: rows.map((row) => this.#row(row)) };
  }

  #row({ key, version, seq }) {
    const known = this.rows.get(key);
    if (known ? version <= known.version : !this.#inWindow(seq)) return "ignore";
    this.rows.set(key, { version, seq });
    return "apply";
  }

  #inWindow(seq) {
    return seq === null || this.atStart || (this.low !== null && seq >= this.low);
  }

  #hold(version) {
    this.held = version;
    this.#advance();
  }

  #advance() {
    while (this.seen.delete(this.held + 1)) this.held += 1;
    for (const version of this.seen) if (version <= this.held) this.seen.delete(version);
  }

  #gap() {
    return this.seen.size > 0;
  }
}
