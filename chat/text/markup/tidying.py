"""A pass over the parsed message before it is rendered."""

from collections.abc import Iterable, Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from chat.text.characters import is_visible
from chat.text.markup.addresses import contradicted
from chat.text.markup.blocks import direct, fences, number

# Nested emphasis. The parser has no limit, and browsers get slow with thousands.
MAX_EMPHASIS = 6
_EMPHASIS = {"em", "strong", "s"}


def text_of(tokens: Iterable[Token]) -> str:
    """The visible text of these inline tokens."""
    return "".join("\n" if token.type in {"softbreak", "hardbreak"} else token.content for token in tokens)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(href: str, content: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": href}), _text(content), Token("link_close", "a", -1)]


def _without_pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    """Turn images into links: loading one would tell its server who reads, and when."""
    inside = 0
    for token in tokens:
        inside += token.nesting if token.tag == "a" else 0
        if token.type != "image":
            yield token
            continue
        href = str(token.attrGet("src") or "")
        content = text_of(token.children or []) or href
        yield from [_text(content)] if inside else _link(href, content)


def _without_depth(tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.tag not in _EMPHASIS:
            yield token
            continue
        depth += 1 if token.nesting > 0 else 0
        if depth <= MAX_EMPHASIS:
            yield token
        depth -= 1 if token.nesting < 0 else 0


def _with_honest_links(tokens: list[Token]) -> Iterator[Token]:
    """A link without text is invisible and has no name: show its URL instead. A link whose text is an address of
    another host says where it leads: ``https://bank.example (evil.example)``.
    """
    opened = -1
    for index, token in enumerate(tokens):
        if token.type == "link_open":
            opened = index
        if token.type == "link_close" and token.info != "auto":
            href, text = str(tokens[opened].attrGet("href") or ""), text_of(tokens[opened:index])
            if not is_visible(text):
                yield _text(href)
            elif host := contradicted(text, href):
                yield _text(f" ({host})")
        yield token


def _headings_as_paragraphs(tokens: Iterable[Token]) -> None:
    """Headings belong to the page's outline; in a message a heading is a bold line."""
    for token in tokens:
        if token.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            token.type, token.tag = token.type.replace("heading", "paragraph"), "p"


def _bold(tokens: list[Token]) -> list[Token]:
    return [Token("strong_open", "strong", 1), *tokens, Token("strong_close", "strong", -1)]


def tidy(state: StateCore) -> None:
    heading = False
    state.tokens = list(fences(state.tokens, state.src))
    for token in state.tokens:
        if token.type == "inline":
            children = list(_without_depth(_without_pictures(token.children or [])))
            children = list(_with_honest_links(children))
            token.children = _bold(children) if heading and children else children
        heading = token.type == "heading_open"
    _headings_as_paragraphs(state.tokens)
    number(state.tokens)
    direct(state.tokens)
