"""What is said of blocks after parsing: code fences that lose no word, numbers of lists, and direction."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from chat.text.markup.code import split_info

# From this number of digits on, numbers of a list need more room.
_WIDE, _WIDEST = 3, 5
# These have a side: a marker, a line, a first column. Which one it is depends on the direction of their own text.
_SIDED = {"list_item_open", "blockquote_open", "table_open"}
_FENCE = re.compile(r"(?:`{3,}|~{3,})[ \t]*$")


def fences(tokens: Sequence[Token], source: str) -> Iterator[Token]:
    """Read the info strings of code blocks. A block in which nothing is written is no block: its signs are text."""
    for token in tokens:
        if token.type == "fence":
            token.info, token.content = split_info(token.info, token.content)
            if not token.info and not token.content.strip():
                yield from _as_text(token, source)
                continue
        yield token


def _as_text(fence: Token, source: str) -> Iterator[Token]:
    first, last = fence.map or (0, 0)
    signs = [found.group() for line in source.split("\n")[first:last] if (found := _FENCE.search(line))]
    children: list[Token] = []
    for sign in signs or [fence.markup]:
        children += [Token("softbreak", "br", 0)] if children else []
        children.append(Token("text", "", 0, content=sign))
    yield Token("paragraph_open", "p", 1, block=True)
    yield Token("inline", "", 0, children=children, block=True)
    yield Token("paragraph_close", "p", -1, block=True)


def number(tokens: Sequence[Token]) -> None:
    """Let each item keep the number that was typed, also ``1.`` after ``1.``. Markdown itself counts on from the first."""
    lists: list[tuple[Token, int, int]] = []  # the open lists, the next number, the largest one
    for token in tokens:
        if token.type == "ordered_list_open":
            lists.append((token, int(token.attrGet("start") or 1), 0))
            if token.markup == ")":
                token.attrJoin("class", "paren")
        elif token.type == "bullet_list_open":
            lists.append((token, 0, 0))
        elif token.type == "list_item_open" and token.info:
            opened, following, largest = lists[-1]
            typed = int(token.info)
            if typed != following:
                token.attrSet("value", str(typed))
            lists[-1] = opened, typed + 1, max(largest, typed)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            opened, _, largest = lists.pop()
            digits = len(str(largest))
            if digits >= _WIDE:
                opened.attrJoin("class", "wide" if digits < _WIDEST else "widest")


def direct(tokens: Sequence[Token]) -> None:
    """Give direction to what has a side, and to code. The style sheet does the rest: each line of text follows its own
    first letter, as in the field it was written in (``unicode-bidi: plaintext``). That costs no byte, and reaches
    messages that are stored already.
    """
    for token in tokens:
        if token.type in _SIDED:
            token.attrSet("dir", "auto")
        for child in token.children or []:
            if child.type == "code_inline":
                # Also so that the direction of an item is not taken from code at its start.
                child.attrSet("dir", "ltr")
