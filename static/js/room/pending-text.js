/** The text of a pending bubble: as it was typed, with the size and the direction that the message itself will have. */

// As chat/text/emoji.py, with the same cases (tests/cases/emoji.json). No character is both a sign and a picture: a chain of them that
// could be read in two ways at each link would be read in 2^n.
const MOST = 10;
const LONGEST = MOST * 16;
const PICTURE = String.raw`(?![\p{RI}\p{Emoji_Modifier}])\p{Emoji_Presentation}`;
const SIGN = String.raw`(?![0-9#*\p{Emoji_Presentation}])\p{Emoji}`;
const TONE = String.raw`\p{Emoji_Modifier}`;
const ONE = String.raw`(?:${PICTURE}\uFE0F?${TONE}?|${SIGN}(?:\uFE0F${TONE}?|${TONE}))(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const JOINED = String.raw`${ONE}(?:\u200D(?:${ONE}|${SIGN}))*`;
const EMOJI = String.raw`(?:\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|${JOINED})`;
const FEW_EMOJI = new RegExp(String.raw`^\s*(?:${EMOJI}\s*){1,${MOST}}$`, "u");
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Cheap for other text: it stops at the first character. */
export const isFewEmoji = (text) => FEW_EMOJI.test(text) && [...text].length <= LONGEST;

/** Fill the element, which is empty. The style sheet gives each line the direction of its first letter; code goes from the left. */
export function showText(element, body) {
  element.toggleAttribute("data-emoji", isFewEmoji(body));
  for (const { code, lines } of blocks(body)) {
    const paragraph = element.appendChild(document.createElement("p"));
    if (code) paragraph.dir = "ltr";
    lines.forEach((line, number) => paragraph.append(...(number ? [document.createElement("br")] : []), line));
  }
}

/** @return {code, lines}[]: paragraphs, and what stands between fences, with them */
function blocks(body) {
  const found = [];
  let open = null;
  let fence = "";
  for (const line of body.trim().split("\n")) {
    const mark = line.match(FENCE)?.[1] ?? "";
    if (!fence && (mark || !line)) open = null;
    if (line || fence) {
      if (!open) found.push((open = { code: Boolean(fence || mark), lines: [] }));
      open.lines.push(line);
    }
    if (!fence) fence = mark;
    else if (mark.startsWith(fence)) [fence, open] = ["", null];
  }
  return found;
}
