/** The text of a pending bubble: as it was typed, with the size and the direction that the message itself will have. */

// As chat/text/emoji.py: one to ten emoji and nothing else.
const PICTURE = String.raw`(?![\p{RI}\p{Emoji_Modifier}])\p{Emoji_Presentation}\uFE0F?\p{Emoji_Modifier}?`;
const SIGN = String.raw`\p{Extended_Pictographic}(?:\uFE0F\p{Emoji_Modifier}?|\p{Emoji_Modifier})`;
const ONE = String.raw`(?:${PICTURE}|${SIGN})(?:[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const JOINED = String.raw`${ONE}(?:\u200D(?:${ONE}|\p{Extended_Pictographic}))*`;
const EMOJI = String.raw`(?:\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|${JOINED})`;
const FEW_EMOJI = new RegExp(String.raw`^\s*(?:${EMOJI}\s*){1,10}$`, "u");
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Fill the element, which is empty. The style sheet gives each line the direction of its first letter; code goes from the left. */
export function showText(element, body) {
  element.toggleAttribute("data-emoji", body.length < 400 && FEW_EMOJI.test(body));
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
