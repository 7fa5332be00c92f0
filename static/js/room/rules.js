/**
 * The page's rules: what it holds, what it applies, when it must catch up. Pure: no DOM, no timers, no network.
 * docs/delivery.md explains them; tests/cases/page_rules.json tests them, here and in their Python twin.
 *
 * A row is {key, version, seq}: key is its DOM id, seq is null unless it is a message. The rules treat all kinds of rows alike,
 * also unknown ones (row-kinds.js): each counts as held, so that nothing is requested twice.
 * A verdict is "apply", "ignore", or "below": a message newer than the window, which is counted but not inserted.
 *
 * The window is a run of messages without a hole. `low` is its first seq; `atStart` says that nothing is older. `high` is its
 * last seq, or null if it reaches the newest message and grows with new ones.
 */
export class Rules {
  constructor({ held, low = null, atStart = false, high = null, rows = [] }) {
    this.held = held;
    this.low = low;
    this.atStart = atStart;
    this.high = high;
    this.seen = new Set();
    this.rows = new Map(rows.map((row) => [row.key, { version: row.version, seq: row.seq }]));
  }

  /** A bubble that waits for the server: known, and older than any version from the server. */
  pending(key) {
    if (!this.rows.has(key)) this.rows.set(key, { version: 0, seq: null });
  }

  /** The sender discarded a bubble. If the message came from the server meanwhile, it stays. */
  discard(key) {
    if (this.rows.get(key)?.version === 0) this.rows.delete(key);
  }

  /** One change: a frame, or the answer to a write. */
  frame(row) {
    // A late frame has nothing new: it would bring back members who left since, or, after a backup was restored, messages that
    // no longer exist.
    const verdict = row.version > this.held ? this.#row(row) : "ignore";
    if (row.version > this.held) this.seen.add(row.version);
    this.#advance();
    return { verdict, gap: this.#gap() };
  }

  /** The room's version. Below ours means that a backup was restored: catching up tells. */
  beat(version) {
    return { ask: version !== this.held };
  }

  /** The answer to a catch-up request for changes after the version `after`. */
  answer({ after, version, more, rows }) {
    const verdicts = rows.map((row) => this.#row(row));
    const usable = after <= this.held;
    if (usable) this.#hold(Math.max(this.held, version));
    return { verdicts, again: more || !usable || this.#gap() };
  }

  /** A page of older messages, requested when the lowest seq was `before`, and read at the room's version `version`. */
  history({ before, version, rows, atStart }) {
    // The window was replaced meanwhile, and these rows do not adjoin the new one.
    if (before !== this.low) return { verdicts: rows.map(() => "ignore"), drain: false };
    const seqs = seqsOf(rows);
    if (seqs.length) this.low = Math.min(this.low ?? Infinity, ...seqs);
    this.atStart ||= atStart;
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** A page of newer messages, requested when the highest seq was `after`, and read at the room's version `version`. */
  newer({ after, version, rows, atEnd }) {
    if (after !== this.high) return { verdicts: rows.map(() => "ignore"), drain: false };
    this.high = atEnd ? null : Math.max(this.high, ...seqsOf(rows));
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** The user jumps elsewhere in the room: these messages become the window. */
  replace({ version, rows, atStart, atEnd }) {
    const coming = new Set(rows.map((row) => row.key));
    for (const [key, row] of this.rows) if (row.seq !== null && !coming.has(key)) this.rows.delete(key);
    this.#span(rows, atStart, atEnd);
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** Rows far from the view were removed: the window now begins with `low`, or ends with `high`. */
  trim({ low = null, high = null }) {
    if (low !== null) {
      this.low = low;
      this.atStart = false;
    }
    this.high = high ?? this.high;
    for (const [key, row] of this.rows) if (!this.#inWindow(row.seq)) this.rows.delete(key);
  }

  /** The page is too far behind, or versions went back: the answer replaces the window. Pending bubbles stay. */
  startOver({ version, rows, atStart }) {
    for (const [key, row] of this.rows) if (row.version > 0) this.rows.delete(key);
    this.#span(rows, atStart, true);
    this.seen.clear();
    this.held = version;
    return { verdicts: rows.map((row) => this.#row(row)) };
  }

  #span(rows, atStart, atEnd) {
    const seqs = seqsOf(rows);
    this.low = seqs.length ? Math.min(...seqs) : null;
    this.high = atEnd || !seqs.length ? null : Math.max(...seqs);
    this.atStart = atStart;
  }

  /** Changes ignored since `version`, as outside the window, may concern rows read at that version: catch up on them. */
  #readAt(version) {
    const ignored = [...this.seen].filter((seen) => seen > version);
    for (const seen of ignored) this.seen.delete(seen);
    const lowered = version < this.held;
    this.held = Math.min(version, this.held);
    return lowered || ignored.length > 0;
  }

  #row({ key, version, seq }) {
    const known = this.rows.get(key);
    if (known && version <= known.version) return "ignore";
    if (!this.#inWindow(seq)) return this.high !== null && seq > this.high ? "below" : "ignore";
    this.rows.set(key, { version, seq });
    return "apply";
  }

  #inWindow(seq) {
    const joinsAbove = this.atStart || (this.low !== null && seq >= this.low);
    return seq === null || (joinsAbove && (this.high === null || seq <= this.high));
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

const seqsOf = (rows) => rows.map((row) => row.seq).filter((seq) => seq !== null);
