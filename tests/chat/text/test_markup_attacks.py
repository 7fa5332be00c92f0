"""Malicious messages, by class of attack. Whatever comes in, only allowed markup goes out."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import STANDARD_TYPES

from chat.text.markup import clean, excerpt, render
from chat.text.markup.code import CLASSES, LANGUAGES, MAX_COLOURED, _coloured, _lexer, render_code
from chat.text.markup.rendering import _excerpt
from tests.fuzz.budget import looks
from tests.support.attacks import ATTACKS, NO_LINKS

TAGS: dict[str, set[str]] = {tag: set() for tag in ("p", "br", "hr", "ul", "strong", "em", "s")}
TAGS |= {tag: set() for tag in ("thead", "tbody", "tr", "th", "td")}
TAGS |= {"ol": {"start", "class"}, "li": {"value", "dir"}, "a": {"href", "target", "rel"}}
TAGS |= {"blockquote": {"dir"}, "table": {"dir"}, "code": {"dir"}, "pre": {"tabindex", "dir"}}
TAGS |= {"div": {"class", "tabindex"}, "span": {"class"}}
VOID = {"br", "hr"}
OUR_CLASSES = {
    "div": {"code", "code__bar", "table"},
    "span": {*CLASSES, "spaced"},
    "ol": {"paren", "wide", "widest"},
}


class Inspector(HTMLParser):
    """Reads the output as a browser would, and stops at anything that isn't ours."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.deepest = 0
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        assert set(names) <= TAGS[tag], (tag, attrs)
        for name, value in attrs:
            self.attribute(tag, name, value or "")
        if tag == "a":
            assert set(names) >= {"target", "rel"}
        if tag not in VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))
        assert self.open.count("a") <= 1

    def attribute(self, tag: str, name: str, value: str) -> None:
        match name:
            case "class":
                assert set(value.split()) <= OUR_CLASSES[tag]
            case "href":
                assert urlsplit(value).scheme in {"http", "https", "mailto", "tel"}
                assert not set(value) & set('\x00\t\n\r "<>`')
            case "target":
                assert value == "_blank"
            case "rel":
                assert value == "nofollow noopener noreferrer"
            case "tabindex":
                assert value == "0"
            case "start" | "value":
                assert value.isdecimal()
            case "dir":
                assert value == ("ltr" if tag in {"pre", "code"} else "auto")
            case _:
                raise AssertionError((tag, name, value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def harmless(source: str) -> str:
    html = render(source)
    assert Inspector(html).deepest <= 40
    return html


@pytest.mark.parametrize(
    "source", [pytest.param(s, id=f"{kind}-{s[:24]!r}") for kind in ATTACKS for s in ATTACKS[kind]]
)
def test_an_attack_ends_as_text(source: str) -> None:
    html = harmless(source)
    assert html  # the attack is shown as text
    excerpt(source)


@pytest.mark.parametrize("source", NO_LINKS)
def test_an_address_that_is_not_allowed_is_no_link(source: str) -> None:
    assert "<a" not in render(source)


def test_colours_use_pygments_names_alone() -> None:
    assert set(STANDARD_TYPES.values()) >= CLASSES


WORDS = [
    *(
        "<script>",
        "</p>",
        "<a href=x onclick=y>",
        "javascript:",
        "data:",
        "https://example.com",
        "//x",
        "a@b.co",
        "mailto:",
    ),
    *(
        "hx-get=",
        " style=",
        "```",
        "```python\n",
        "~~~html\n",
        "`",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "<",
        ">",
    ),
    *(
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "|",
        "|-|-|\n",
        "---",
        "    ",
        "\t",
        "\\",
        "&",
        "&#x3c;",
        "&lt;",
        "&#x202e;",
        "&#0;",
        "&shy;",
        "%00",
        "%E2%80%AE",
        "%E0%B8%81",
        "www.",
        ".com",
        "xn--80ak6aa92e",
        '"',
        "'",
        "\x00",
    ),
    *("\u202e", "\ud800", "ที่", "Ж", "👩‍👩‍👧", "{{", "{%", "x", "1"),
]


@looks(200)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=60).map("".join))
def test_whatever_is_written_only_the_allowed_goes_out(source: str) -> None:
    harmless(source)
    line = excerpt(source)
    assert len(line) <= 140
    assert "\n" not in line
    assert "\x00" not in line


@looks(75)
@given(st.sampled_from(sorted(LANGUAGES)), st.text(max_size=200))
def test_whatever_is_pasted_as_code_reads_as_pasted(language: str, code: str) -> None:
    class Reader(HTMLParser):
        read = ""

        def handle_data(self, data: str) -> None:
            self.read += data

    lexer = _lexer(language)
    reader = Reader(convert_charrefs=True)
    code = clean(code)
    reader.feed(_coloured(code, lexer))
    reader.close()
    assert reader.read == code


LIMIT = 10_000
COSTLY = 30
HEAVY = [
    *(
        ">",
        "> ",
        "[",
        "![",
        "[a](",
        "[a][",
        "[a](<",
        "](",
        "*",
        "_",
        "**",
        "*a ",
        "**[",
        "a**b",
        "~~",
        "`",
        "` ",
        "a`b``",
    ),
    *(
        "- ",
        "-\n",
        "1. ",
        "> - ",
        "  - ",
        "|",
        "|\n",
        "|-|\n",
        "|a\n|-|\n",
        "&",
        "&#",
        "<",
        "<a:",
        "<!--",
        "<?",
        "\\",
        "\t",
    ),
    *(
        "://",
        "a://",
        "http://",
        "http://[",
        "http://a ",
        "http://a.b/(",
        "http://a.b.",
        "a@",
        "a@b.c ",
        "a.",
        "//a.b ",
    ),
    # Backslashes, which look around; addresses and scripts without spaces; runs of spaces; hosts.
    *("\\*", "\\_a", "\\\\*a", "\\`", "\\[a](http:", "\\~~", "\\]", "\\&", "1\\. ", "9. a\n"),
    *(
        "www.",
        "www.a.bc ",
        "a@b.co:x ",
        "ดูa",
        "https://a.bcก",
        "ก*",
        "%E0%B8%81",
        "http://xn--80a.b ",
        "a  b",
        "\ta",
    ),
    *("\n", "\u0e49", "\u200d", "\x00", "\u202e", "# ", "---\n", "***\n", "```\n", "[a]: b\n"),
]
SHAPES = {
    "a wide table": "|a" * 1600 + "|\n" + "|-" * 1600 + "|\n" + "|\n" * 1500,
    "a long table": "|a|b|\n|-|-|\n" + "|\n" * 4900,
    "a staircase of lists": "".join("  " * level + "- a\n" for level in range(95)),
    "emphasis in emphasis": "*a **b " * 1000 + "b** a* " * 400,
    "links in links": "[" * 3000 + "a" + "](http://b)" * 600,
    "growing ticks": " ".join("`" * count for count in range(1, 140)),
    "a name without end": "a." * 4900 + "@b.c",
    "an address of brackets": "http://a.b/" + "(" * 9900,
    "code of brackets": "```python\n" + "(" * 9900,
}


ORDINARY = "A sentence with **weight**, a [link](https://example.com/a) and `code`.\n\n- one\n- two\n\n" * 115


def took(source: str) -> float:
    """CPU seconds."""
    began = time.process_time()
    render(source)
    _excerpt.cache_clear()
    excerpt(source)
    return time.process_time() - began


@pytest.fixture(scope="module")
def ordinary() -> float:
    assert len(ORDINARY) <= LIMIT
    return min(took(ORDINARY) for _ in range(3))


@pytest.mark.parametrize("source", [(unit * LIMIT)[:LIMIT] for unit in HEAVY] + list(SHAPES.values()))
def test_no_message_is_costly(source: str, ordinary: float) -> None:
    """Compared with a harmless message of the same length: quadratic growth would be a factor of hundreds."""
    html = harmless(source)
    # If it was slow only because the machine was busy, it is not slow twice.
    assert any(took(source) / ordinary < COSTLY for _ in range(2))
    assert len(html) < 13 * LIMIT


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_code_is_costly_to_colour(language: str, ordinary: float) -> None:
    units = (
        "a",
        "(",
        "[",
        "{",
        "<a ",
        '"',
        "'",
        '"""',
        "/*",
        "//",
        "\\",
        "${",
        "a.",
        "0.",
        " ",
        "\n",
        "<!--",
        "{%",
        "a: ",
        "-",
    )
    for unit in units:
        start = time.process_time()
        render_code((unit * MAX_COLOURED)[:MAX_COLOURED], language)
        assert (time.process_time() - start) / ordinary < COSTLY, unit
