/** The composer, and one sender at a time: the bubble stands there before the server has heard of it. */
import { parse } from "./fragments.js";
import { post, toSignIn } from "./net.js";
import { keepingPlace, messages, remove, toNewest } from "./window.js";
import { localTimes, startOfDay } from "./times.js";
import { copyOf, word } from "./words.js";

const TRIES = 4;
const ANSWER_WITHIN = 15_000;
const ASK_AGAIN_AFTER = 15_000;
const WAIT_QUIETLY = 10; // seconds; what takes longer is said
const GROUPED_WITHIN = 300_000;

/** A UUID, version 7, without `crypto.randomUUID`, which plain HTTP does not have. */
function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Until there is a line again: the page's socket, or the browser's word for it; or, if neither tells, for a while. */
const back = () => Promise.race([
  new Promise((resolve) => { for (const sign of ["online", "live"]) addEventListener(sign, resolve, { once: true }); }),
  pause(ASK_AGAIN_AFTER),
]);

/**
 * @param take called with the rows of an answer
 * @param kept called with the version of a message that the server has, whose frame is on its way
 * @param socket returns the page's socket
 * @return {unsent()}: the texts that the server does not have, as far as is known
 */
export function composer({ form, rules, take, kept, socket }) {
  const queue = [];
  const failed = new Set();
  const field = form.elements.body;
  const draft = `draft:${document.body.dataset.me}:${document.body.dataset.room}`;
  let sending = false;

  // What is half-typed survives a reload and a look into another room, in this tab.
  field.value ||= sessionStorage.getItem(draft) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(draft, field.value));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = field.value;
    if (!body.trim()) return;
    field.value = "";
    sessionStorage.removeItem(draft);
    fit(field);
    enqueue({ id: uuid7(), body });
  });
  typing(field, () => form.requestSubmit());

  function enqueue(item) {
    rules.pending(`message-${item.id}`);
    keepingPlace(() => document.getElementById("messages").append(bubble(item)));
    toNewest();
    queue.push(item);
    run();
  }

  async function run() {
    if (sending) return;
    sending = true;
    while (queue.length) {
      const item = queue[0];
      const refused = await deliver(item, form.action);
      queue.shift();
      if (refused && arrived(item) === false) fail(item, refused);
    }
    sending = false;
  }

  /** The reason why it did not work, or null. */
  async function deliver(item, url) {
    for (let tries = 0; tries < TRIES && !arrived(item);) {
      try {
        const { done, wait, refused } = await overSocket(item) ?? await overHttp(item, url);
        if (done) return null;
        if (refused) return refused;
        if (wait) {
          await pause(1000 * wait);
          continue;
        }
      } catch {
        // No answer says nothing about whether it arrived: the same id makes trying again safe.
        if (!navigator.onLine || !socket().open) {
          await back();
          continue;
        }
      }
      tries += 1;
      if (tries < TRIES) await pause(500 * 2 ** tries * (0.5 + Math.random()));
    }
    return arrived(item) ? null : { text: word("notSent") };
  }

  /** {done}, {wait: seconds} or {refused: {text, act}}; nothing of these when it failed. Null if the socket did not answer. */
  async function overSocket({ id, body }) {
    const answer = await socket().ask({ type: "post", id, body }, ANSWER_WITHIN);
    if (answer?.type === "posted") kept(answer.version);
    return answer && {
      done: answer.type === "posted",
      ...refusal(answer.type === "refused", answer.retry_after, answer.text),
    };
  }

  const refusal = (refused, wait, text) => (wait && wait <= WAIT_QUIETLY ? { wait } : { refused: refused && { text } });

  async function overHttp({ id, body }, url) {
    const answer = await post(url, { id, body }, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    if (answer.ok) take(parse(await answer.text()));
    if (answer.status === 401) return { refused: { text: word("signInAgain"), act: toSignIn } };
    if (answer.ok || answer.status >= 500) return { done: answer.ok };
    return refusal(true, answer.status === 429 && Number(answer.headers.get("Retry-After") ?? 1), await reason(answer));
  }

  function fail(item, { text, act }) {
    failed.add(item);
    const row = document.getElementById(`message-${item.id}`);
    if (!row) return; // the room was lost meanwhile
    const note = copyOf("t-failed");
    note.querySelector("[data-reason]").textContent = text;
    row.dataset.state = "failed";
    keepingPlace(() => {
      row.querySelector(".message__state")?.remove();
      row.querySelector(".message__main").append(note);
    });
    note.querySelector("[data-action='retry']").addEventListener("click", () => {
      if (act) return act();
      failed.delete(item);
      remove(row.id);
      return enqueue(item);
    });
    note.querySelector("[data-action='discard']").addEventListener("click", () => {
      failed.delete(item);
      rules.discard(row.id);
      remove(row.id);
      field.focus();
    });
  }

  addEventListener("beforeunload", (event) => {
    if (document.querySelector(".message[data-state]")) event.preventDefault();
  });

  const waiting = () => [...failed, ...queue].filter((item) => !arrived(item)).map((item) => item.body);
  return { unsent: () => [...waiting(), field.value].filter((text) => text.trim()) };
}

/** Whether the message is here from the server, by whatever way. */
function arrived(item) {
  return document.getElementById(`message-${item.id}`)?.dataset.seq !== undefined;
}

async function reason(answer) {
  const plain = answer.headers.get("Content-Type")?.startsWith("text/plain");
  return plain ? answer.text() : word("notSent");
}

function bubble({ id, body }) {
  const row = copyOf("t-pending");
  const last = [...messages()].at(-1);
  const time = row.querySelector("time");
  const now = new Date();
  row.id = `message-${id}`;
  time.dateTime = now.toISOString();
  row.querySelector(".message__text").append(...paragraphs(body));
  if (last?.dataset.author === row.dataset.author && last.dataset.deleted === undefined) {
    const before = new Date(last.querySelector("time").dateTime);
    if (now - before < GROUPED_WITHIN && startOfDay(now) === startOfDay(before)) row.dataset.continues = "";
  }
  localTimes(row);
  return row;
}

function paragraphs(body) {
  return body.trim().split(/\n{2,}/).map((text) => {
    const paragraph = document.createElement("p");
    text.split("\n").forEach((line, number) => paragraph.append(...(number ? [document.createElement("br")] : []), line));
    return paragraph;
  });
}

/** Enter sends, Shift Enter breaks the line; not while an input method composes. The field grows with its text. */
export function typing(field, send) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (matchMedia("(pointer: coarse)").matches) return; // on touch Enter is a new line, the button sends
    event.preventDefault();
    send();
  });
  field.addEventListener("input", () => {
    fit(field);
    bound(field);
  });
  fit(field);
  bound(field);
}

/** Said before sending, never cut: a maxlength would silently drop the end of what is pasted. */
function bound(field) {
  const limit = Number(field.dataset.limit);
  const length = field.value.length > limit ? [...field.value].length : 0;
  field.setCustomValidity(length > limit ? word("tooLong", { length, limit }) : "");
}

function fit(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}
