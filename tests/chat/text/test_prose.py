r"""Prose, paths, formulas and code without fences: a sign acts only where it makes markup; else it stays."""

import pytest

from chat.text.markup import excerpt, render
from tests.support.fragments import text_in

AS_WRITTEN = [
    r"\\fileserver\team\_plans",
    r"\\fileserver\team\_plans and \\fileserver\team\_notes",
    r"¯\_(ツ)_/¯",
    r"well ¯\_(ツ)_/¯, who knows ¯\_(ツ)_/¯",
    r"¯\\\_(ツ)_/¯",
    r"C:\Users\*.txt",
    r"C:\new\[1]\(a)\!x",
    "make \\\n  -j 4 \\",
    r"a & b \\",
    r"^\d+\.\d*\s\[a-z\]\(x\|y\)$",
    r"\[ x^2 \] and \( y_1 \) and \$5 \% \{a\} \alpha\_1",
    r"s/\//\\/g",
    r"\n\t\"quoted\" \'x\' \# \& \< \> \~ \` \- \+ \.",
    r"\\ \\\ \\\\",
    "\\",
    "2*3*4=24",
    "a*b*c and x*y",
    "2**10 + x**2 + y**2",
    "(a+b)*(c+d)*(e+f)",
    "f(x)*g(x)*h(x)",
    "x = 5 * 3 * 2",
    "*.txt *.log src/*.py,test/*.py",
    "COUNT(*), SUM(*)",
    "/* a */ b /* c */ and // d",
    "(.*foo.*) and [a-z]*[0-9]*",
    "f(*args, **kwargs)",
    "char *a, *b;",
    "snake_case_name and __init__.py and __init__(self)",
    "~/a and ~/b, ~5 to ~6",
    "5€*3€*2€",
    "|a|b|\n|-|-|\n|1|2|3|",  # as a table, it would lose the third cell
]


@pytest.mark.parametrize("source", AS_WRITTEN)
def test_it_stays_as_it_was_written(source: str) -> None:
    shown = text_in(render(source))
    assert shown.split() == source.split()
    assert excerpt(source) == " ".join(source.split())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\*not bold\*", "*not bold*"),
        (r"\*not bold*", "*not bold*"),
        (r"*not bold\*", "*not bold*"),
        (r"\*\*not bold\*\*", "**not bold**"),
        (r"\_not soft\_", "_not soft_"),
        (r"\~~not gone~~ \~\~not gone\~\~", "~~not gone~~ ~~not gone~~"),
        (r"\`not code\`", "`not code`"),
        (r"\[not a link](https://example.com)", "[not a link](https://example.com)"),
        (r"\[not a link\](https://example.com)", "[not a link](https://example.com)"),
        (r"!\[x](https://example.com) \![y](https://example.com)", "![x](https://example.com) !y"),
        (r"[a\]b](https://example.com)", "a]b"),
        (r"\<https://example.com>", "<https://example.com>"),
        (r"http\://example.com", "http://example.com"),
        (r"a\@example.com www\.example.com", "a@example.com www.example.com"),
        (r"\&copy; \&x;", r"&copy; \&x;"),
        (r"1986\. was a great year", "1986. was a great year"),
        (r"1\) one", "1) one"),
        ("\\- one\n\\+ two\n\\* three", "- one\n+ two\n* three"),
        ("\\# one\n\\> two\n\\---", "# one\n> two\n---"),
        ("\\```\nx", "```\nx"),
        (r"\\*soft*", r"\soft"),
        (r"\\\*not soft\\\*", r"\*not soft\*"),
    ],
)
def test_a_backslash_acts_where_it_keeps_a_sign_from_being_markup(source: str, text: str) -> None:
    html = render(source)
    assert text_in(html) == text
    if "soft*" not in source or "not" in source:
        assert "<em>" not in html
    assert "<strong>" not in html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*a* **b** _c_", "<em>a</em> <strong>b</strong> <em>c</em>"),
        ("__d__ ***e***", "<strong>d</strong> <em><strong>e</strong></em>"),
        ("un**believ**able", "un<strong>believ</strong>able"),
        ('(*a*) "*b*" —*c*—', '(<em>a</em>) "<em>b</em>" —<em>c</em>—'),
        ("*d*, *e*. **f**: *g*!", "<em>d</em>, <em>e</em>. <strong>f</strong>: <em>g</em>!"),
        ('*"quoted"* **(in brackets)** *…*', '<em>"quoted"</em> <strong>(in brackets)</strong> <em>…</em>'),
        ("**Note**(below)", "<strong>Note</strong>(below)"),
        (
            "**Hello!**🎉 ❤️**(x)** 👍🏽**(y)**",
            "<strong>Hello!</strong>🎉 ❤️<strong>(x)</strong> 👍🏽<strong>(y)</strong>",
        ),
        ("*foo **bar** baz*", "<em>foo <strong>bar</strong> baz</em>"),
        (r"*a\*b*", r"<em>a\*b</em>"),
    ],
)
def test_what_is_meant_as_emphasis_is_emphasis(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>"


def test_tabs_runs_of_spaces_and_indentation_are_kept() -> None:
    kept = '<span class="spaced">{}</span>'.format
    assert render("name\tage  town") == f"<p>{kept('name\tage  town')}</p>"
    assert render("def f():\n\treturn 1\n    # x\n y") == (
        f"<p>def f():<br>\n{kept('\treturn 1')}<br>\n{kept('    # x')}<br>\ny</p>"
    )
    assert render("- a\tb") == f'<ul>\n<li dir="auto">{kept("a\tb")}</li>\n</ul>'
    assert render("one two") == "<p>one two</p>"
    assert render("`a  b`") == '<p><code dir="ltr">a  b</code></p>'
    assert render("#\t#") == f"<p>{kept('#\t#')}</p>"


class TestLists:
    @pytest.mark.parametrize(
        ("source", "numbers"),
        [
            ("1986. was a great year\n\n100. hundred", [1986, 100]),
            ("1. a\n2. b\n3. c", [1, 2, 3]),
            ("1. a\n1. b\n1. c", [1, 1, 1]),
            ("5. a\n\n   words\n\n3. b\n1. c", [5, 3, 1]),
            ("0. a\n2. b\n3. c", [0, 2, 3]),
            ("2. a\n\n   7. x\n   8. y\n4. b", [2, 7, 8, 4]),
            ("999999999. a\n1. b", [999999999, 1]),
        ],
    )
    def test_each_item_keeps_its_number(self, source: str, numbers: list[int]) -> None:
        assert shown_numbers(render(source)) == numbers

    def test_wide_numbers_are_marked_and_so_are_brackets(self) -> None:
        assert render("99. a").startswith('<ol start="99">')
        assert render("99. a\n100. b").startswith('<ol start="99" class="wide">')
        assert render("12345. a").startswith('<ol start="12345" class="widest">')
        assert render("1) a\n200) b").startswith('<ol class="paren wide">')
        assert render("- a").startswith("<ul>")


def shown_numbers(html: str) -> list[int]:
    """The numbers that a browser shows, in the order of the items."""
    from html.parser import HTMLParser

    class Counter(HTMLParser):
        shown: list[int] = []
        following: list[int] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            if tag == "ol":
                self.following.append(int(given.get("start") or 1))
            if tag == "li":
                number = int(given.get("value") or self.following[-1])
                self.shown.append(number)
                self.following[-1] = number + 1

        def handle_endtag(self, tag: str) -> None:
            if tag == "ol":
                self.following.pop()

    counter = Counter()
    counter.shown, counter.following = [], []
    counter.feed(html)
    return counter.shown


class TestDirection:
    """The style sheet lets each line follow its first letter; what has a side, and code, say theirs."""

    def test_what_has_a_side_takes_it_from_its_own_text(self) -> None:
        html = render("hello\n\n- مرحبا\n- hello\n\n> مرحبا\n\n|مرحبا|\n|-|\n|x|")
        assert html.startswith("<p>hello</p>\n<ul>\n")
        assert html.count('<li dir="auto">') == 2
        assert '<blockquote dir="auto">' in html
        assert '<table dir="auto">' in html

    def test_code_goes_from_left_to_right_in_any_text(self) -> None:
        html = render("مرحبا `x = 1`\n\n```\n# مرحبا\n```")
        assert '<code dir="ltr">x = 1</code>' in html
        assert '<pre dir="ltr"' in html
