/** Rendered text as plain text that reads well: with the numbers and signs of lists, and the addresses of links. */

const BLOCK = "p, ul, ol, li, blockquote, div, pre, table, thead, tbody, tr, hr";
export const OURS = ".code__bar, button"; // what the page adds to a text
const isBlock = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(BLOCK);

/** The number of an item of a list. */
export function numberOf(item) {
  let number = item.parentElement.start;
  for (const each of item.parentElement.children) {
    if (each.hasAttribute("value")) number = each.value;
    if (each === item) return number;
    number += 1;
  }
  return number;
}

function decoded(address) {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

const bare = (address) => decoded(address).replace(/^(?:https?:\/\/|mailto:|tel:)/, "").replace(/\/$/, "");

function inline(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.parentElement?.closest(".spaced, code")) return node.data;
    const text = node.data.replace(/[ \t\r\n]+/g, " ");
    return node.previousSibling?.nodeName === "BR" ? text.trimStart() : text;
  }
  if (node.nodeName === "BR") return "\n";
  const text = [...node.childNodes].map(inline).join("");
  const address = node.nodeName === "A" ? node.getAttribute("href") : null;
  return !address || bare(address) === bare(text.trim()) ? text : `${text} (${address.replace(/^(?:mailto|tel):/, "")})`;
}

function item(element) {
  const list = element.parentElement;
  const number = () => `${numberOf(element)}${list.matches(".paren") ? ")" : "."} `;
  const mark = list?.nodeName === "OL" ? number() : "- ";
  return mark + content(element, "\n").replaceAll("\n", `\n${" ".repeat(mark.length)}`);
}

function block(element) {
  switch (element.nodeName) {
    case "PRE": return element.textContent.replace(/\n$/, "");
    case "HR": return "---";
    case "LI": return item(element);
    case "TR": return [...element.cells].map((cell) => content(cell, " ")).join("\t");
    case "BLOCKQUOTE": return content(element, "\n\n").replace(/^/gm, "> ");
    default: return content(element, element.matches("ul, ol, table, thead, tbody") ? "\n" : "\n\n");
  }
}

/** @param between stands between blocks */
function content(node, between) {
  const parts = [];
  let run = "";
  const end = () => {
    if (run.trim()) parts.push(run.replace(/^\n+|\s+$/g, ""));
    run = "";
  };
  for (const child of node.childNodes) {
    if (child.matches?.(OURS)) continue;
    if (!isBlock(child)) run += inline(child);
    else {
      end();
      parts.push(block(child));
    }
  }
  end();
  return parts.join(between);
}

/** @param element a message's text, or a part of it */
export const readable = (element) => (isBlock(element) && element.nodeName !== "LI" ? block(element) : content(element, "\n"));
