"""No text promises what does not work: `@name`, `#room` and `:smile:` do nothing yet, so nothing tells people to write them.

Whoever makes one of them work takes it out of PROMISES, and may then say so.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.test_icons import markup

ROOT = Path(__file__).parent.parent
PRODUCT = ("chat", "hypertalk")
# A person's or a room's own name is none, as in @{username} and "Message #{room}": there the template has a variable.
PROMISES = {
    "@name": re.compile(
        r"(?<![\w.+-])@(?!example\.com)\w|\b(?:type|press|use|write) @|\bmention(?:s|ed)?\b", re.IGNORECASE
    ),
    "#room": re.compile(r"(?<![\w&])#[^\W\d]|\b(?:type|press|use|write) #|\bhashtags?\b", re.IGNORECASE),
    ":smile:": re.compile(r"(?<!\w):[a-z0-9_+-]+:(?!\w)|\b(?:emoji|emoticon|smiley)s?\b", re.IGNORECASE),
}
SAID = {"alt", "aria-description", "aria-label", "content", "placeholder", "title"}
TRANSLATES = re.compile(r"_|n?p?gettext(?:_lazy)?")
TRANSLATED = re.compile(r'^(?:msgstr(?:\[\d\])? )?"(.+)"$', re.MULTILINE)


class Texts(HTMLParser):
    """What people read or hear of a template."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.code = False
        self.feed(markup(template))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code = tag in {"script", "style"}
        for name, value in attrs:
            if value and (
                name in SAID or (name.startswith("data-") and " " in value)
            ):  # scripts say the latter
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.code = False

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.found.append(data)


def of_python(source: str, *, demo: bool) -> Iterator[str]:
    """What is translated; of the demo, all strings but docstrings."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if isinstance(node, ast.Call) and TRANSLATES.fullmatch(ast.unparse(node.func)):
            found = [*node.args]
        elif demo and id(node) not in prose:
            found = [node]
        for each in found:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def texts() -> Iterator[tuple[str, str]]:
    """All texts of the product, each with its file: of templates and mails, of Python, of the demo and of translations."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield from ((path.name, text) for text in Texts(path.read_text()).found)
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            for text in of_python(path.read_text(), demo="demo" in path.parts):
                yield path.name, text
    for folder in ("locale", "chat/locale"):
        for path in sorted((ROOT / folder).rglob("*.po")):
            yield from ((path.name, text) for text in TRANSLATED.findall(path.read_text()))


def promised(text: str) -> list[str]:
    return [what for what, promise in PROMISES.items() if promise.search(text)]


def test_no_text_promises_what_does_not_work() -> None:
    found = list(texts())
    assert len(found) > 1000, "the texts are there"
    assert [(where, text.strip(), promised(text)) for where, text in found if promised(text)] == []


def test_a_promise_is_found_and_a_name_is_none() -> None:
    for text in ("Ask @alice", "Type @ for a person", "@name", "Mention somebody"):
        assert promised(text) == ["@name"], text
    for text in ("See #general", "Type # and a name"):
        assert promised(text) == ["#room"], text
    for text in (":smile:", "Add an emoji", "so :+1:"):
        assert promised(text) == [":smile:"], text
    for text in ("@{username}", "Message #{room}", "#%(room)s", "alice@example.com", "At 09:30:15", "No. #1"):
        assert promised(text) == [], text
    page = """<p title="Type @ here">{% translate "Words" %}<i data-one="{% translate 'See #general' %}"></i></p>"""
    assert Texts(page).found == ["Type @ here", "Words", "See #general"]
    assert list(of_python("_('one') + gettext_lazy('two') + 'three'", demo=False)) == ["one", "two"]
    assert list(of_python("'''prose'''\nx = 'one'", demo=True)) == ["one"]
