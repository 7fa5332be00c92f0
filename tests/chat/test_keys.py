"""Every handler of keys leaves an input method alone: it listens through static/js/core/keys.js, which does."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HELPER = ROOT / "static/js/core/keys.js"
# Whoever names an event of keys listens for it, in scripts and in attributes of templates.
LISTENS = re.compile(r"""["'\s:.](?:on)?key(?:down|up|press)\b""")


def test_no_script_and_no_template_listens_for_keys_by_itself() -> None:
    files = [*(ROOT / "static/js").rglob("*.js"), *(ROOT / "templates").rglob("*.html")]
    assert HELPER in files
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        if path != HELPER
        for line in path.read_text().splitlines()
        if not line.strip().startswith(("*", "//", "/*")) and LISTENS.search(line)
    ]
    assert not found, "listen with onKey of core/keys.js:\n" + "\n".join(found)


def test_the_look_for_them_finds_each_way_to_listen() -> None:
    for line in (
        'field.addEventListener("keydown", send)',
        "listen(stream, 'keyup', send)",
        "field.onkeydown = send",
        '<input onkeypress="send()">',
        '<input hx-trigger="keyup changed delay:1s">',
        '<input hx-trigger="input, keyup">',
        '<input hx-on:keydown="send()">',
    ):
        assert LISTENS.search(line), line
