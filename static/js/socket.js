/** The page's one WebSocket: opened, watched, and opened again. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const BEAT_OVERDUE = 35_000;
const FINAL = new Set([4401, 4403, 4404]);

/**
 * @param on {frame(html), message(object), open(again), down(), closed(code)}: closed is final, down is not.
 */
export function connect(address, on) {
  let url = address;
  let socket = null;
  let wait = FIRST_WAIT;
  let timer = 0;
  let beatAt = Date.now();
  let opened = false;
  let over = false;
  const asked = new Map(); // id -> what to do with the answer, null if none will come

  function open() {
    clearTimeout(timer);
    if (over || socket) return;
    beatAt = Date.now();
    socket = new WebSocket(new URL(url, location.href.replace(/^http/, "ws")));
    socket.addEventListener("message", receive);
    socket.addEventListener("close", closed);
  }

  function receive({ data, target }) {
    if (target !== socket) return;
    if (data.startsWith("<")) return on.frame(data);
    const message = JSON.parse(data);
    if (message.id) return settle(message.id, message);
    if (message.type === "beat") {
      beatAt = Date.now();
      wait = FIRST_WAIT;
      if (message.rooms) {
        on.open(opened);
        opened = true;
      }
    }
    return on.message(message);
  }

  function closed({ code, target }) {
    if (target !== socket) return;
    socket = null;
    forgetAsked();
    if (FINAL.has(code)) {
      over = true;
      on.closed(code);
    } else if (!over) {
      on.down();
      timer = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }

  function drop() {
    const old = socket;
    socket = null;
    old?.close();
    forgetAsked();
  }

  function settle(id, answer) {
    asked.get(id)?.(answer);
    asked.delete(id);
  }

  function forgetAsked() {
    for (const id of asked.keys()) settle(id, null);
  }

  function again() {
    over = false;
    drop();
    open();
  }

  const unlessOver = () => !over && again();

  const overdue = () => Date.now() - beatAt > BEAT_OVERDUE;
  setInterval(() => {
    if (!document.hidden && socket && overdue()) again();
  }, 5000);
  addEventListener("online", unlessOver);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (!socket || overdue())) unlessOver();
  });
  addEventListener("pagehide", drop);
  addEventListener("pageshow", (event) => event.persisted && unlessOver());
  open();

  return {
    again,
    /** Whether the server is there, as far as is known. */
    get open() {
      return socket?.readyState === WebSocket.OPEN;
    },
    /** From now on without the room it showed: for the list of rooms alone. */
    elsewhere() {
      [url] = url.split("?");
      again();
    },
    /** Whether it went out. */
    send(message) {
      if (!opened || socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    /** The answer to a message with an id; null if it did not go out, or none came within the time (milliseconds). */
    ask(message, within) {
      return new Promise((resolve) => {
        if (!this.send(message)) return resolve(null);
        const timer = setTimeout(() => settle(message.id, null), within);
        asked.set(message.id, (answer) => { clearTimeout(timer); resolve(answer); });
        return undefined;
      });
    },
  };
}
