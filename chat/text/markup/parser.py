"""The Markdown that people may write, and limits on its cost."""

import re

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, blockquote, list_block, table

from chat.text.markup.tidying import tidy

# Nesting levels of blocks; a list counts as two. Deeper content stays text; the parser would drop it.
MAX_DEPTH = 8
# Cells per table. The parser fills up short rows, so 10 kB could become a megabyte.
MAX_CELLS = 600
# Finding links takes quadratic time in the number of candidates: a message with more gets no links.
MAX_ADDRESSES = 150
MAX_BRACKETS = 500

_LINK = re.compile(r"(?:https?://[^/]|mailto:[^/]|tel:[+\d])", re.IGNORECASE)
_RULER = re.compile(r"[-:| \t]+")


def _shallow(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_DEPTH and rule(state, start, end, silent)

    return limited


def _small_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 2 > end:
        return False
    ruler = state.src[state.bMarks[start + 1] + state.tShift[start + 1] : state.eMarks[start + 1]]
    if not _RULER.fullmatch(ruler):
        return False
    rows = MAX_CELLS // (ruler.count("|") + 1)
    if (
        all(not state.isEmpty(line) for line in range(start, min(start + rows + 1, end)))
        and start + rows < end
    ):
        return False
    return table(state, start, end, silent)


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
    parser.core.ruler.push("tidy", tidy)
    # Only explicit links: setup.py and readme.md are not domains in Paraguay and Moldova.
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False})
    # An allow list, unlike the parser's own. No relative URLs: a message can't know where it is shown.
    parser.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]  # as documented
    return parser


_parser = _build(links=True)
_parser_without_links = _build(links=False)


def parser_for(source: str) -> MarkdownIt:
    many = source.count("://") > MAX_ADDRESSES or source.count("[") > MAX_BRACKETS
    return _parser_without_links if many else _parser
