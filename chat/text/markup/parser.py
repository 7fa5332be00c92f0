"""The Markdown that people may write, and limits on its cost."""

import re
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from markdown_it.utils import EnvType

from chat.text.markup.addresses import shown, target
from chat.text.markup.entities import entity
from chat.text.markup.escapes import escape, settle_escaped, settle_even
from chat.text.markup.finding import Finder
from chat.text.markup.flanking import InlineState
from chat.text.markup.newlines import newline
from chat.text.markup.tidying import tidy

# Nesting levels of blocks; a list counts as two. Deeper content stays text; the parser would drop it.
MAX_DEPTH = 8
# Cells per table. The parser fills up short rows, so 10 kB could become a megabyte.
MAX_CELLS = 600
# Finding links takes quadratic time in the number of candidates: a message with more gets no links.
MAX_ADDRESSES = 150
MAX_BRACKETS = 500

_WWW = re.compile(r"www\.", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://[^/]|mailto:[^/]|tel:[+\d])", re.IGNORECASE)
_RULER = re.compile(r"[-:| \t]+")


def _shallow(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return limited


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _cells(line: str) -> int:
    """The cells of a row of a table."""
    cells = escapedSplit(line.strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _small_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 2 > end:
        return False
    ruler = _line(state, start + 1)
    if not _RULER.fullmatch(ruler) or "-" not in ruler or "|" not in _line(state, start):
        return False
    rows = MAX_CELLS // (ruler.count("|") + 1)
    if (
        all(not state.isEmpty(line) for line in range(start, min(start + rows + 1, end)))
        and start + rows < end
    ):
        return False
    # The parser would drop cells beyond those of the header: with such a row it is no table.
    columns = _cells(_line(state, start))
    for line in range(start + 2, min(start + 2 + rows, end)):
        if state.isEmpty(line):
            break
        row = _line(state, line)
        if row.count("|") >= columns and _cells(row) > columns:
            return False
    return table(state, start, end, silent)


def _parse_inline(
    parser: MarkdownIt, source: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
) -> list[Token]:
    """As ``ParserInline.parse``, with a state of our own."""
    state = InlineState(source, md, env, tokens)
    parser.inline.tokenize(state)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    return state.tokens


def _build(*, links: bool) -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": links, "breaks": True, "maxNesting": 30})
    # A chat isn't a document: pasted text keeps its indentation, a line above dashes is no heading, and
    # "[note]: text" must not vanish as a link definition.
    parser.disable(["html_block", "html_inline", "code", "lheading", "reference"])
    if not links:
        parser.disable(["link", "image"])
    parser.block.ruler.at("blockquote", _shallow(blockquote), {"alt": ["paragraph", "blockquote", "list"]})
    parser.block.ruler.at("list", _shallow(list_block), {"alt": ["paragraph", "blockquote"]})
    parser.block.ruler.at("table", _small_table, {"alt": ["paragraph"]})
    parser.inline.ruler.at("newline", newline)
    parser.inline.ruler.at("escape", escape)
    parser.inline.ruler.at("entity", entity)
    parser.inline.ruler2.before("balance_pairs", "settle_escaped", settle_escaped)
    parser.inline.ruler2.after("balance_pairs", "settle_even", settle_even)
    parser.core.ruler.push("tidy", tidy)
    parser.linkify = Finder()
    parser.inline.parse = partial(_parse_inline, parser)  # type: ignore[method-assign]  # to use a state of our own
    parser.normalizeLink = target  # type: ignore[method-assign]  # as documented
    parser.normalizeLinkText = shown  # type: ignore[method-assign]  # as documented
    # An allow list, unlike the parser's own. No relative URLs: a message can't know where it is shown.
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]  # as documented
    return parser


_parser = _build(links=True)
_parser_without_links = _build(links=False)


def parser_for(source: str) -> MarkdownIt:
    addresses = source.count("://") + len(_WWW.findall(source))
    many = addresses > MAX_ADDRESSES or source.count("[") > MAX_BRACKETS
    return _parser_without_links if many else _parser
