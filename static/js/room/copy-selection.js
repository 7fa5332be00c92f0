/** Copies a selection of messages as what people wrote: author, time and text, without the words and pictures of the page. */
import { wholeTime } from "../core/times.js";
import { list } from "./elements.js";
import { numberOf, OURS, readable } from "./readable.js";
import { word } from "../core/words.js";

const KEPT = new Set(["href", "dir", "start", "value"]);

/** All that is selected: some browsers have a range for each part between what can't be selected. */
function wholeRange(selection) {
  const range = selection.getRangeAt(0).cloneRange();
  const last = selection.getRangeAt(selection.rangeCount - 1);
  range.setEnd(last.endContainer, last.endOffset);
  return range;
}

/** A copy of what the range has of the node; null if that is nothing. */
function part(node, range) {
  if (!range.intersectsNode(node)) return null;
  if (node.nodeType === Node.TEXT_NODE) {
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    return from < to ? document.createTextNode(node.data.slice(from, to)) : null;
  }
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(OURS)) return null;
  const parts = [...node.childNodes].map((child) => part(child, range)).filter(Boolean);
  if (!parts.length && node.childNodes.length) return null;
  const copy = node.cloneNode();
  copy.append(...parts);
  if (node.matches("ol > li")) copy.setAttribute("value", numberOf(node));
  if (copy.href && copy.textContent !== node.textContent) copy.removeAttribute("href"); // a piece of an address leads nowhere
  return copy;
}

function html(copy) {
  for (const element of copy.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name);
  }
  return copy.innerHTML;
}

function escaped(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element.innerHTML;
}

/** The selected part of each message's text. */
const partsIn = (rows, range) => rows.flatMap((row) => {
  const text = row.querySelector(".message__text");
  const copy = text?.checkVisibility() && part(text, range);
  return copy ? [{ row, text, copy }] : [];
});

/** @return {plain, html} of a part of one text */
function ofText(text, range) {
  const { commonAncestorContainer: common } = range;
  const root = [common, common.parentElement].find((node) => node.nodeType === Node.ELEMENT_NODE && text.contains(node)) ?? text;
  if (root.closest("pre")) return { plain: range.toString(), html: `<pre>${escaped(range.toString())}</pre>` };
  const copy = part(root, range);
  return { plain: readable(copy), html: html(copy) };
}

/** @return {plain, html} of a message, with its author and time unless it continues the group of the one before */
function ofMessage({ row, copy }, number) {
  const plain = readable(copy);
  if (number && row.matches("[data-continues]:not([data-begins])")) return { plain, html: `<div>${html(copy)}</div>` };
  const who = row.querySelector(".message__name").textContent || word("former");
  const head = `${who}, ${wholeTime(new Date(row.querySelector("time").dateTime))}`;
  return { plain: `${number ? "\n" : ""}${head}\n${plain}`, html: `<p><b>${escaped(head)}</b></p><div>${html(copy)}</div>` };
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!list || !selection.rangeCount || selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = wholeRange(selection);
  const found = partsIn([...list.querySelectorAll(":scope > .message")].filter((row) => range.intersectsNode(row)), range);
  if (!found.length) return;
  const [{ text }] = found;
  const parts = found.length === 1 && text.contains(range.startContainer) ? [ofText(text, range)] : found.map(ofMessage);
  event.preventDefault();
  event.clipboardData.setData("text/plain", parts.map(({ plain }) => plain).join("\n"));
  event.clipboardData.setData("text/html", parts.map((each) => each.html).join("\n"));
});
