"""Markdown: what people write, and what is shown."""

import time

import pytest

from chat.text.markup import clean, excerpt, render
from chat.text.markup.code import LANGUAGES, MAX_COLOURED, _lexer

LINK = 'target="_blank" rel="nofollow noopener noreferrer"'


def link(href: str, text: str) -> str:
    return f'<a href="{href}" {LINK}>{text}</a>'


def code(inner: str, language: str = "") -> str:
    bar = f'<div class="code__bar"><span>{language}</span></div>' if language else ""
    return f'<div class="code">{bar}<pre dir="ltr" tabindex="0"><code>{inner}</code></pre></div>'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Morning, Bob", "<p>Morning, Bob</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        (
            "**bold** *soft* ~~gone~~ `x < y`",
            '<p><strong>bold</strong> <em>soft</em> <s>gone</s> <code dir="ltr">x &lt; y</code></p>',
        ),
        ("- a\n- b", '<ul>\n<li dir="auto">a</li>\n<li dir="auto">b</li>\n</ul>'),
        ("3. c\n4. d", '<ol start="3">\n<li dir="auto">c</li>\n<li dir="auto">d</li>\n</ol>'),
        ("> said\n\nanswered", '<blockquote dir="auto">\n<p>said</p>\n</blockquote>\n<p>answered</p>'),
        ("above\n\n---", "<p>above</p>\n<hr>"),
        ("5 < 6 & 7 > 2", "<p>5 &lt; 6 &amp; 7 &gt; 2</p>"),
        ("&copy; &lt;", "<p>© &lt;</p>"),
        ("👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "<p>👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿</p>"),
    ],
)
def test_the_usual(source: str, html: str) -> None:
    assert render(source) == html


def test_a_heading_is_a_bold_line_and_leaves_the_pages_outline_alone() -> None:
    assert render("# Piers\ntext") == "<p><strong>Piers</strong></p>\n<p>text</p>"
    assert render("###### Piers") == "<p><strong>Piers</strong></p>"


def test_a_line_above_dashes_is_no_heading_and_indented_text_no_code() -> None:
    assert render("Piers\n---") == "<p>Piers</p>\n<hr>"
    assert render("    four spaces") == "<p>four spaces</p>"


def test_a_table_scrolls_by_itself() -> None:
    html = render("|pier|boats|\n|-|-:|\n|Hat Yao|3|")
    assert html.startswith('<div class="table" tabindex="0"><table dir="auto">')
    assert "<td>Hat Yao</td>\n<td>3</td>" in html
    assert "style" not in html


def test_thai_and_bulgarian_come_out_as_they_went_in() -> None:
    assert render("เรือเที่ยว **เจ็ดโมงเช้า** ออกแล้ว") == "<p>เรือเที่ยว <strong>เจ็ดโมงเช้า</strong> ออกแล้ว</p>"
    assert render("Първият курс е *закъснял*") == "<p>Първият курс е <em>закъснял</em></p>"


class TestLinks:
    def test_an_address_becomes_a_link_that_tells_nobody_where_it_stood(self) -> None:
        assert render("see https://example.com/a?b=c&d=e.") == (
            "<p>see "
            + link("https://example.com/a?b=c&amp;d=e", "https://example.com/a?b=c&amp;d=e")
            + ".</p>"
        )

    def test_addresses_in_other_scripts(self) -> None:
        href = "https://xn--80ak6aa.xn--90ae/%D0%BF%D1%8A%D1%82"
        assert render("https://xn--80ak6aa.xn--90ae/път").startswith(f'<p><a href="{href}"')
        assert link(
            "https://example.com/%E0%B9%80%E0%B8%A3%E0%B8%B7%E0%B8%AD", "https://example.com/เรือ"
        ) in render("ดู https://example.com/เรือ ครับ")

    def test_a_named_link_mail_and_telephone(self) -> None:
        assert render("[map](https://example.com/map)") == f"<p>{link('https://example.com/map', 'map')}</p>"
        assert (
            render("alice@example.com") == f"<p>{link('mailto:alice@example.com', 'alice@example.com')}</p>"
        )
        assert render("[pier](tel:+66755555)") == f"<p>{link('tel:+66755555', 'pier')}</p>"

    def test_file_names_are_no_addresses(self) -> None:
        assert render("readme.md and setup.py") == "<p>readme.md and setup.py</p>"

    def test_a_picture_is_a_link_since_loading_it_tells_who_reads(self) -> None:
        assert (
            render("![the pier](https://example.com/p.png)")
            == f"<p>{link('https://example.com/p.png', 'the pier')}</p>"
        )
        assert render("![](https://example.com/p.png)") == (
            f"<p>{link('https://example.com/p.png', 'https://example.com/p.png')}</p>"
        )
        assert render("[![in](https://example.com/p.png)](https://example.com)") == (
            f"<p>{link('https://example.com', 'in')}</p>"
        )

    def test_a_link_without_text_shows_its_address(self) -> None:
        assert render("[\u200b](https://example.com)").count("https://example.com") == 2

    def test_a_message_made_of_nothing_but_links_has_none(self) -> None:
        assert "<a" not in render("http://a " * 200)
        assert "<a" not in render("[a](https://example.com)" + "[" * 600)

    def test_a_definition_does_not_vanish(self) -> None:
        assert "[note]: " in render("[note]: https://example.com")


class TestCode:
    def test_a_known_language_has_its_name_and_colours(self) -> None:
        assert render("```py\nreturn 1 < x  # no\n```") == code(
            '<span class="k">return</span> <span class="mi">1</span> &lt; x  <span class="c1"># no</span>',
            "Python",
        )

    @pytest.mark.parametrize("info", ["brainwave", "text", "../etc", "c++20"])
    def test_a_word_that_is_no_known_language_is_the_label_of_the_code_below(self, info: str) -> None:
        assert render(f"```{info}\na < b\n```") == code("a &lt; b", info)

    @pytest.mark.parametrize(
        ("source", "shown"),
        [
            ("```oops it broke", code("oops it broke")),
            ("```oops it broke\n```", code("oops it broke")),
            ("```oops", code("oops")),
            ("```oops it broke\nand this\n```", code("oops it broke\nand this")),
            ("```foo();\nbar()\n```", code("foo();\nbar()")),
            ("~~~ wow ~~~", code("wow ~~~")),
            ('```"><script>\nx\n```', code('"&gt;&lt;script&gt;\nx')),
            ("```text a\u200eb &#x202e; %E2%80%AE\n```", code("text a\u200eb &amp;#x202e; %E2%80%AE")),
            (
                "```sql SELECT\n1\n```",
                code('<span class="k">SELECT</span>\n<span class="mi">1</span>', "SQL"),
            ),
        ],
    )
    def test_what_stands_on_the_line_of_the_opening_fence_does_not_disappear(
        self, source: str, shown: str
    ) -> None:
        assert render(source) == shown

    def test_the_line_of_the_opening_fence_is_in_the_excerpt(self) -> None:
        assert excerpt("```oops it broke\nbadly") == "oops it broke badly"
        assert excerpt("```python print(1)") == "print(1)"

    def test_a_block_without_anything_in_it_is_no_block(self) -> None:
        assert render("see:\n```") == "<p>see:</p>\n<p>```</p>"
        assert render("- ~~~~\n") == '<ul>\n<li dir="auto">\n<p>~~~~</p>\n</li>\n</ul>'
        assert render("> ```\n> ```").endswith("<p>```<br>\n```</p>\n</blockquote>")

    def test_blank_lines_and_indentation_stay(self) -> None:
        assert render("```\n\n  a\n\n\tb\n\n```") == code("\n  a\n\n\tb\n")

    def test_long_code_is_shown_without_colours(self) -> None:
        html = render("```python\n" + "return 1\n" * (MAX_COLOURED // 8) + "```")
        assert "Python" in html
        assert 'class="k"' not in html

    def test_several_blocks_share_what_is_coloured(self) -> None:
        block = "```python\nreturn 1\n" + "x" * (MAX_COLOURED // 2) + "\n```\n"
        assert render(block * 3).count('class="k"') == 1

    def test_a_void_in_the_code_is_shown_without_colours(self) -> None:
        assert 'class="k"' not in render("```c\nreturn 1;" + "\n" * 130 + "x\n```")

    def test_every_language_on_the_list_exists(self) -> None:
        assert [_lexer(name).name for name in sorted(LANGUAGES)] == sorted(LANGUAGES)


class TestNothingIsLost:
    @pytest.mark.parametrize("source", ["#", ">", "-", "5.", "* *\n- ", "```\n```", "\\"])
    def test_what_would_show_as_nothing_shows_as_written(self, source: str) -> None:
        html = render(source)
        assert html.startswith("<p>") or "<li>" in html
        assert html != "<p></p>"

    def test_what_is_nested_too_deep_stays_as_text(self) -> None:
        assert "the end" in render(">" * 200 + " the end")
        assert "the end" in render(
            "".join("  " * level + "- x\n" for level in range(40)) + "  " * 40 + "- the end"
        )

    def test_emphasis_too_deep_keeps_its_words(self) -> None:
        html = render("*a " * 50 + "a* " * 50)
        assert html.count("<em>") == html.count("</em>") <= 50
        assert html.count("a") >= 100

    def test_a_text_longer_than_any_message_is_shown_plainly(self) -> None:
        assert render("**x** " * 10_000).startswith("<p>**x** **x**")

    def test_blank_is_blank(self) -> None:
        assert render(" \n\t ") == render("") == render("\x00") == ""


class TestCharacters:
    def test_controls_and_direction_overrides_leave(self) -> None:
        assert clean("a\x00b\x07c\x9bd\x7f") == "abcd"
        assert clean("invoice\u202efdp.exe \u2066x\u2069") == "invoicefdp.exe x"
        assert clean("a\r\nb\rc\u2028d\x85e\tf") == "a\nb\nc\nd\ne\tf"
        assert clean("half \ud83d") == "half \ufffd"

    def test_what_letters_and_emoji_are_made_of_stays(self) -> None:
        for text in ("ที่นี่", "👩‍👩‍👧", "می\u200cخواهم", "a\u200eb", "ก\u200bข"):
            assert clean(text) == text


class TestExcerpt:
    @pytest.mark.parametrize(
        ("source", "line"),
        [
            ("**Morning**, [Bob](https://example.com)\nsee `x`", "Morning, Bob see x"),
            ("- a\n- b\n\n> c", "a b c"),
            ("```python\nx = 1\ny = 2\n```", "x = 1 y = 2"),
            ("![the pier](https://example.com/p.png)", "the pier"),
            ("<b>&amp;", "<b>&"),
            ("#", "#"),
            ("", ""),
            ("a\x00b", "ab"),
        ],
    )
    def test_one_plain_line(self, source: str, line: str) -> None:
        assert excerpt(source) == line

    def test_it_is_cut_with_an_ellipsis(self) -> None:
        line = excerpt("word " * 100)
        assert len(line) <= 140
        assert line.endswith("word…")

    @pytest.mark.parametrize(
        ("text", "length", "line"),
        [("น้ำที่", 3, "น้…"), ("ที่ที่", 5, "ที่…"), ("a👩‍👩‍👧bc", 4, "a…"), ("👍🏽👍🏽", 2, "…")],
    )
    def test_no_letter_is_cut_from_its_marks(self, text: str, length: int, line: str) -> None:
        assert excerpt(text, length) == line


def test_an_ordinary_message_is_rendered_within_milliseconds() -> None:
    source = "Could you look at **pier 3**? It is in https://example.com/x\n\n- one\n- two"
    render(source)
    start = time.process_time()
    for _ in range(20):
        render(source)
    assert time.process_time() - start < 20 * 0.05
