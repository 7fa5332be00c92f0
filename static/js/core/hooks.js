/**
 * What features do when something happens to the page. A feature registers when its module is loaded (app/features.js).
 * All hooks are optional. They are called in the order in which they were registered.
 *
 * Hooks are
 * - messages: {type: (message) => ...} of the socket. A type without a hook is of a newer release, and ignored.
 * - latest: {name: (values) => ...}: the latest values (chat/live/latest.py) of all rooms, {room: value}. They come after each first
 *   beat, when the shown room has caught up.
 * - connected({again, send}): the socket is open, `again` after an outage. `send(message)` sends a command to the server
 *   (chat/live/commands.py), and returns whether it could.
 * - roomChosen({room, field, signal}): the page is about to show a room, and what is typed into `field` is meant for it. `signal`
 *   is an AbortSignal of the time when the page shows another one.
 * - roomOpened({room, text, upTo}): the page has the room. `text` is what the server has for the composer, undefined if
 *   the page has not asked, and `upTo(version)`
 *   returns a promise of the time when the page has what the room held then.
 * - messageReceived(row): the element of a message, new or in a new version, came to the page; it may be outside of its window
 * - editOpened({room, message, field}): the form of an edit is in the row of the message with this id
 * - editEnded(message): an edit was saved or cancelled, or its message is gone
 * - messageQueued({room, body}): a message is on the disk, in the outbox
 * - roomStartedOver(room): its window was replaced. A backup may have been restored, so the server may have lost what it was told.
 * - roomsListed(rooms): the ids of the rooms in the list, after it was fetched or lost one
 * - newDay(): it is another day in the reader's time zone (core/new-day.js)
 * - roomLost(room): the person is not in the shown room any longer
 * - signingOut(): a promise of what must reach the server before; it is not waited for long
 * - signedOut(): a promise of the time when this device has nothing of the person any more
 * - unsaved(): whether something would be lost if the page was closed
 */
const registered = [];

/** @param signal an AbortSignal that ends them */
export function registerHooks(hooks, signal) {
  registered.push(hooks);
  signal?.addEventListener("abort", () => { registered.splice(registered.indexOf(hooks), 1); });
}

/** What fails in one feature is reported, and does not stop the others. @returns undefined for it, in an array */
const callSafely = (calls) => calls.map((call) => {
  try {
    return call();
  } catch (error) {
    reportError(error);
    return undefined;
  }
});

/** @returns what the features answered */
export const callHooks = (name, ...values) => callSafely(registered.map((hooks) => () => hooks[name]?.(...values)));

export function handleMessage(message) {
  callSafely(registered.map(({ messages }) => () => messages?.[message.type]?.(message)));
}

/** Whether a message brings one value of a kind that also comes with all the others, after a first beat. */
export const isLatest = ({ type }) => registered.some(({ latest }) => latest && type in latest);

export function handleLatest(values) {
  const found = registered.flatMap(({ latest }) => Object.entries(latest ?? {})).filter(([name]) => values[name]);
  callSafely(found.map(([name, handle]) => () => handle(values[name])));
}
