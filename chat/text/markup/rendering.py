"""Markdown to safe HTML, and to a one-line excerpt."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, cast

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from chat.text.characters import JOINER, SKIN_TONES, is_visible
from chat.text.markup.cleaning import clean
from chat.text.markup.code import render_code
from chat.text.markup.parser import parser_for
from chat.text.markup.sanitising import SPACED, sanitise
from chat.text.markup.tidying import text_of

# Longer text (an imported history may hold some) is shown unparsed: the cost of parsing was measured up to
# this length.
MAX_PARSED = 12_000
# What HTML would show as one space.
_RUN = re.compile(r"\t|  ")
# Characters read for an excerpt.
_LOOKED_AT = 1000


def _fence(tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    html, env["coloured"] = render_code(tokens[index].content, tokens[index].info, env.get("coloured", 0))
    return html


def _text(tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType) -> str:
    html = escapeHtml(tokens[i].content)
    return f'<span class="{SPACED}">{html}</span>' if _RUN.search(html) else html


def _table_open(tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType) -> str:
    return '<div class="table" tabindex="0"><table dir="auto">\n'


def _table_close(tokens: Sequence[Token], i: int, options: OptionsDict, env: EnvType) -> str:
    return "</table></div>\n"


_renderer = RendererHTML()
_renderer.rules.update(
    # markdown-it types rules as methods of the renderer, but calls them as plain functions.
    cast("Any", {"text": _text, "fence": _fence, "table_open": _table_open, "table_close": _table_close})
)


def _as_written(source: str) -> str:
    html = escape(source, quote=False)
    if _RUN.search(html):
        return f'<p><span class="{SPACED}">{html}</span></p>'
    return f"<p>{html.replace('\n', '<br>\n')}</p>"


def _shows_something(tokens: Sequence[Token]) -> bool:
    return any(
        token.type == "hr" or (token.type in {"inline", "fence"} and is_visible(_text_of(token)))
        for token in tokens
    )


def _text_of(token: Token) -> str:
    return text_of(token.children or []) if token.type == "inline" else token.content


def render(source: str) -> str:
    """Safe HTML for a message: `source` is Markdown of any kind, length and intent.

    Text that would render as nothing (a lone "#" or ">") is shown as written, so that nothing is lost.
    """
    source = clean(source).strip("\n")
    if not is_visible(source):
        return ""
    if len(source) > MAX_PARSED:
        return sanitise(_as_written(source))
    parser = parser_for(source)
    tokens = parser.parse(source)
    if not _shows_something(tokens):
        return sanitise(_as_written(source))
    return sanitise(_renderer.render(tokens, parser.options, {})).strip()


def _joins_previous(character: str) -> bool:
    """Whether the character combines with the previous one: marks, joiners, skin tones."""
    joins = character == JOINER or character in SKIN_TONES
    return joins or unicodedata.category(character) in {"Mn", "Mc", "Me"}


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    end = max(length - 1, 0)
    # Step back over a letter with its marks, or a combined emoji, rather than cut through it.
    while end > 0 and (_joins_previous(text[end]) or text[end - 1] == JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


@lru_cache(maxsize=2048)
def _excerpt(source: str, length: int) -> str:
    shown = [
        _text_of(token) for token in parser_for(source).parse(source) if token.type in {"inline", "fence"}
    ]
    text = re.sub(r"\s+", " ", clean(" ".join(shown))).strip()
    return _shorten(text if is_visible(text) else re.sub(r"\s+", " ", source).strip(), length)


def excerpt(source: str, length: int = 140) -> str:
    """The beginning of a message as one line of plain text (not HTML), at most `length` characters."""
    return _excerpt(clean(source[:_LOOKED_AT]), length)
