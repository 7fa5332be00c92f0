/**
 * The page's rules: what it holds, what it applies, when it must ask. Pure: no DOM, no timers, no network.
 * docs/delivery.md says why they are so; tests/cases/page_rules.json holds them to it, here and in their Python twin.
 *
 * A row is {key, version, seq}: key is its DOM id, seq is null for what is no message. The rules treat all kinds of rows alike, also
 * those that the page does not know (row-kinds.js): each counts as held, so that nothing is asked for twice.
 * A verdict is "apply", "ignore", or "below": a message newer than the window, to be told of and not put in.
 *
 * The window is a run of messages without a hole. `low` is its first seq; `atStart` says that nothing is older. `high` is its
 * last seq, or null if it reaches the newest, whatever comes.
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
    // A late frame has nothing that is not here: it would bring back who left since, or, after a backup was restored, what
    // was never said.
    const verdict = row.version > this.held ? this.#row(row) : "ignore";
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
    const seqs = seqsOf(rows);
    if (seqs.length) this.low = Math.min(this.low ?? Infinity, ...seqs);
    this.atStart ||= atStart;
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** The same of newer messages, asked for when `after` was the highest here. */
  newer({ after, version, rows, atEnd }) {
    if (after !== this.high) return { verdicts: rows.map(() => "ignore"), drain: false };
    this.high = atEnd ? null : Math.max(this.high, ...seqsOf(rows));
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** The reader goes elsewhere in the room: these messages are the window. */
  replace({ version, rows, atStart, atEnd }) {
    const coming = new Set(rows.map((row) => row.key));
    for (const [key, row] of this.rows) if (row.seq !== null && !coming.has(key)) this.rows.delete(key);
    this.#span(rows, atStart, atEnd);
    return { verdicts: rows.map((row) => this.#row(row)), drain: this.#readAt(version) };
  }

  /** Rows that the reader is far from left the page: it begins with `low` now, or ends with `high`. */
  trim({ low = null, high = null }) {
    if (low !== null) {
      this.low = low;
      this.atStart = false;
    }
    this.high = high ?? this.high;
    for (const [key, row] of this.rows) if (!this.#inWindow(row.seq)) this.rows.delete(key);
  }

  /** Too far behind, or the numbers went back: the answer replaces the window. Pending bubbles stay. */
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

  /** What was ignored since `version`, as outside the window, may be about rows that were read then: it is asked for. */
  #readAt(version) {
    const forgotten = [...this.seen].filter((seen) => seen > version);
    for (const seen of forgotten) this.seen.delete(seen);
    const lowered = version < this.held;
    this.held = Math.min(version, this.held);
    return lowered || forgotten.length > 0;
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
