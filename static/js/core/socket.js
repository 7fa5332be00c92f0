/** The page's one WebSocket: opens it, watches it and reconnects. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const RARE_WAIT = 60_000; // where WebSockets fail
const FIRST_BEAT = 10_000; // for a connection that is accepted and then delivers nothing
const BLOCKED_AFTER = 3; // failed sockets in a row
const CHECK_EVERY = 5000;
const ASLEEP_AFTER = 15_000; // a check that is so late means that the page was asleep; by then a beat is due
const BEAT_OVERDUE = 35_000;
const FINAL = new Set([4401, 4403, 4404]);

/**
 * @param address returns the URL, which names the room that the page shows
 * @param on {frame(html), message(object), open(again), down(), fruitless(), closed(code)}: closed is final, down is not;
 *   fruitless says that one socket after the other fails.
 */
export function connect(address, on) {
  let socket = null;
  let wait = FIRST_WAIT;
  let timer = 0;
  let beatAt = Date.now();
  let opened = false;
  let over = false;
  let told = null; // the room that the server knows to be shown on this connection
  let failures = 0;
  let beatTimer = 0;
  let longestWait = LONGEST_WAIT;
  let hurriedAt = 0;
  const requests = new Map(); // id -> callback for the answer, which is null if none will come

  function open() {
    clearTimeout(timer);
    if (over || socket) return;
    beatAt = Date.now();
    told = null;
    socket = new WebSocket(new URL(address(), location.href.replace(/^http/, "ws")));
    socket.addEventListener("message", receive);
    socket.addEventListener("close", closed);
    clearTimeout(beatTimer);
    beatTimer = setTimeout(() => {
      failures = BLOCKED_AFTER;
      drop();
      retry();
    }, FIRST_BEAT);
  }

  function receive({ data, target }) {
    if (target !== socket) return;
    if (data.startsWith("<")) return on.frame(data);
    const message = JSON.parse(data);
    if (message.id) return settle(message.id, message);
    if (message.type === "beat") {
      told = message.room;
      beatAt = Date.now();
      wait = FIRST_WAIT;
      longestWait = LONGEST_WAIT;
      failures = 0;
      clearTimeout(beatTimer);
      if (message.rooms) {
        const again = opened;
        opened = true;
        on.open(again);
      }
    }
    return on.message(message);
  }

  function closed({ code, target }) {
    if (target !== socket) return;
    socket = null;
    abandonRequests();
    if (FINAL.has(code)) {
      over = true;
      on.closed(code);
    } else if (!over) {
      failures += 1;
      retry();
    }
  }

  function retry() {
    on.down();
    if (failures >= BLOCKED_AFTER) on.fruitless();
    clearTimeout(timer);
    timer = setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, longestWait);
  }

  function drop() {
    const old = socket;
    socket = null;
    clearTimeout(beatTimer);
    old?.close();
    abandonRequests();
  }

  function settle(id, answer) {
    requests.get(id)?.(answer);
    requests.delete(id);
  }

  function abandonRequests() {
    for (const id of requests.keys()) settle(id, null);
  }

  function again() {
    over = false;
    wait = FIRST_WAIT;
    drop();
    open();
  }

  const unlessOver = () => !over && again();

  const overdue = () => Date.now() - beatAt > BEAT_OVERDUE;
  let checkedAt = Date.now();
  setInterval(() => {
    const woke = Date.now() - checkedAt > CHECK_EVERY + ASLEEP_AFTER && Date.now() - beatAt > CHECK_EVERY + ASLEEP_AFTER;
    checkedAt = Date.now();
    if (!document.hidden && (woke || (socket && overdue()))) unlessOver();
  }, CHECK_EVERY);
  addEventListener("online", unlessOver);
  // Only some browsers report the type of the connection. Other changes, of its speed, do not matter.
  let connectionType = navigator.connection?.type;
  navigator.connection?.addEventListener?.("change", () => {
    if (navigator.connection.type === connectionType) return;
    connectionType = navigator.connection.type;
    if (connectionType !== "none") unlessOver();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (!socket || overdue())) unlessOver();
  });
  addEventListener("pagehide", drop);
  addEventListener("pageshow", (event) => event.persisted && unlessOver());
  open();

  return {
    again,
    /** The server answers over HTTP, but WebSockets fail. */
    retryRarely() {
      longestWait = RARE_WAIT;
    },
    /** The server answered over HTTP, so a socket may work again. */
    hurry() {
      if (over || socket || longestWait === RARE_WAIT || Date.now() - hurriedAt < LONGEST_WAIT) return;
      hurriedAt = Date.now();
      open();
    },
    /** Whether the server is reachable, as far as is known. */
    get open() {
      return socket?.readyState === WebSocket.OPEN;
    },
    /**
     * @param room of a message that does not name its room: the server puts it into the one that it knows to be shown
     * @return whether the message was sent
     */
    send(message, room = told) {
      if (!opened || room !== told || socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    /** The answer to a message with an id; null if it was not sent, or no answer came `within` these milliseconds. */
    ask(message, within, room) {
      return new Promise((resolve) => {
        if (!this.send(message, room)) return resolve(null);
        const timer = setTimeout(() => settle(message.id, null), within);
        requests.set(message.id, (answer) => { clearTimeout(timer); resolve(answer); });
        return undefined;
      });
    },
  };
}
