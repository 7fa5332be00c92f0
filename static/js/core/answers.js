/** Reads the server's answers, and shows errors. */
import { toSignIn } from "./sign-in.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

/** Why a request failed: the answer's text if it is plain, else one of the page's own. */
export async function reason(answer, otherwise = "noAnswer") {
  const plain = answer.headers.get("Content-Type")?.startsWith("text/plain");
  return plain ? answer.text() : word(otherwise);
}

/** The text of the answer; null after an error, which is shown. */
export async function textOrToast(request) {
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
