"""What a release sends of scripts and style sheets: less, and in fewer files, but the same."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.urls import reverse

from chat.models import Person
from hypertalk.lean import join, lean_css, lean_js, modules
from hypertalk.static import MAIN, OURS, HashedStaticFilesStorage
from tests.conftest import client_of
from tests.support.long_room import long_room

STATIC = Path(__file__).parents[2] / "static"
LIMIT = 100_000  # bytes of a first visit to a room


def test_comments_and_indentation_are_not_sent_and_texts_are() -> None:
    script = """/** What it does. */
const at = "https://example.com/"; // an address
  // alone
  const hint = "say; // nothing";
/*
 * More.
 */
const sign = /\\/\\//.test(at) ? `a // b` : [1]; // it's one with a quote
"""
    assert lean_js(script) == (
        'const at = "https://example.com/";\nconst hint = "say; // nothing";\n'
        "const sign = /\\/\\//.test(at) ? `a // b` : [1]; // it's one with a quote\n"
    )
    assert lean_css("/* one */\n.a { /* two\n lines */\n  color: red;\n\n}\n") == ".a { \ncolor: red;\n}\n"


PAGE = {
    "app/main.js": 'import { one, two as second } from "../core/values.js";\nimport * as last from "../core/last.js";\n'
    'import "../core/alone.js";\nimport { shown } from "../core/shown.js";\nsecond(one, last.name, shown);\n',
    "core/values.js": 'export const one = 1;\nexport async function two() {}\nexport { name } from "./last.js";\n',
    "core/last.js": "export class name {}\n",
    "core/alone.js": "run();\n",
    "core/shown.js": "export let shown = null;\nexport function show(it) { shown = it; }\n",
}
JOINED = """let shown;
const $0 = (() => {
class name {}
return { name };
})();
const $1 = (() => {
const one = 1;
async function two() {}
return { name: $0.name, one, two };
})();
(() => {
run();
})();
const $3 = (() => {
shown = null;
function show(it) { shown = it; }
return { get shown() { return shown; }, show };
})();
(() => {
const { one, two: second } = $1;
const last = $0;
second(one, last.name, shown);
})();
"""


def test_modules_become_functions_in_the_order_in_which_browsers_run_them() -> None:
    assert join("app/main.js", PAGE.__getitem__) == JOINED


@pytest.mark.parametrize(
    "change",
    [
        {"core/alone.js": 'import "../app/main.js";\n'},
        {"core/alone.js": 'const later = import("./last.js");\n'},
        {"core/alone.js": "export default run;\n"},
        {"core/alone.js": "export let shown = 1;\n"},
        {"core/alone.js": 'import { shown as it } from "./shown.js";\n'},
    ],
    ids=[
        "a circle",
        "a later import",
        "a default",
        "two variables of one name",
        "another name of a variable",
    ],
)
def test_what_it_can_t_join_is_refused_when_a_release_is_made(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"core/|shown"):
        join("app/main.js", (PAGE | change).__getitem__)


def test_no_text_of_our_scripts_has_several_lines() -> None:
    """Else what looks like a comment or an indentation may be text."""
    for path in (STATIC / "js").rglob("*.js"):
        for line in path.read_text().splitlines():
            regular = re.sub(r"/\^.*?/[;)]", "", line)
            assert regular.count("`") % 2 == 0, f"{path.name}: {line}"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> HashedStaticFilesStorage:
    """The files of a release, as collectstatic makes them."""
    storage = HashedStaticFilesStorage(location=str(tmp_path_factory.mktemp("released")), base_url="/static/")
    found = {}
    for finder in get_finders():
        for path, source in finder.list([]):
            prefix = getattr(source, "prefix", "")
            name = f"{prefix}/{path}" if prefix else path
            if name.startswith((OURS, "django_htmx/")):
                found[name] = (source, path)
                with source.open(path) as file:
                    storage.save(name, file)
    failed = [each for _, _, each in storage.post_process(found) if isinstance(each, Exception)]
    assert not failed
    return storage


def test_a_release_has_one_file_for_all_modules_of_a_page(released: HashedStaticFilesStorage) -> None:
    inside = modules(MAIN, lambda name: (STATIC / name.removeprefix(OURS)).read_text())
    assert len(inside) > 80
    there = released.hashed_files.keys() & set(inside)
    assert there == {
        MAIN,
        "chat/js/core/busy.js",
        "chat/js/core/keys.js",
    }  # pages without the main one use these
    main = Path(released.path(released.hashed_files[MAIN])).read_text()
    assert not re.search(r"^\s*(import|export|//|/\*)", main, re.MULTILINE)


def test_a_first_visit_is_light(alice: Person, bob: Person, released: HashedStaticFilesStorage) -> None:
    """``make bench ARGS=weight`` measures it in a browser."""
    room = long_room("light", [alice, bob], count=40)
    page = client_of(alice).get(reverse("chat:room", args=[room.pk])).text
    names = {*re.findall(r'(?:src|href)="/static/([^"]+)"', page)}
    assert {MAIN, "chat/css/core/tokens.css", "django_htmx/htmx-2.min.js"} <= names
    files = {name: Path(released.path(released.hashed_files[name])).read_bytes() for name in names}
    weight = {name: len(gzip.compress(content)) for name, content in files.items()}
    weight["the page"] = len(gzip.compress(page.encode(), 6))
    assert sum(weight.values()) < LIMIT, sorted(weight.items(), key=lambda each: -each[1])
