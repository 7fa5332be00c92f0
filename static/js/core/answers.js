/** What the server says to what somebody did. */
import { toSignIn } from "../accounts/sign-in.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

/** Why it says no: its own words if it has any for people, else ours. */
export async function reason(answer, otherwise = "noAnswer") {
  const plain = answer.headers.get("Content-Type")?.startsWith("text/plain");
  return plain ? answer.text() : word(otherwise);
}

/** The text of the answer; null if it is a no, and then people were told why. */
export async function answered(request) {
  try {
    const answer = await request;
    if (answer.status === 401) toSignIn();
    else if (answer.ok) return answer.text();
    else toast(await reason(answer));
  } catch {
    toast(word("noAnswer"));
  }
  return null;
}
