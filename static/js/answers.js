/** What the server says to what somebody did. */
import { toSignIn } from "./signin.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

/** The text of the answer; null if it is a no, and then people were told why. */
export async function answered(request) {
  try {
    const answer = await request;
    if (answer.status === 401) toSignIn();
    else if (answer.ok) return answer.text();
    else toast(answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : word("noAnswer"));
  } catch {
    toast(word("noAnswer"));
  }
  return null;
}
