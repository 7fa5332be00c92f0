/**
 * The registry of actions on a message. The button with the `data-action` of the same name stands in the action bar
 * (templates/chat/message/_actions.html, and what features put into its slot).
 */
const actions = new Map(); // name -> run

/**
 * @param run called as run({row, id, openDialog, take}): the message's element and id; `openDialog(path, done)` shows a form of the
 *   server and calls `done` with the answer; `take(rows)` applies rows of an answer to the page
 */
export function registerMessageAction(name, run) {
  actions.set(name, run);
}

export const runMessageAction = (name, context) => actions.get(name)?.(context);
