"""The real rules.js, tested with the same cases as its twin."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
CASES = json.loads((ROOT / "cases" / "page_rules.json").read_text())

PLAY = """async ([source, play]) => {
    const { Rules } = await import(source);
    const rules = new Rules(play.start);
    const returned = play.steps.map(({ op, args }) => rules[op](args) ?? null);
    const { held, low, atStart, high } = rules;
    return { returned, end: { held, low, atStart, high, rows: [...rules.rows.keys()].sort() } };
}"""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Page:
    return browser.new_page()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rule(blank: Page, case: dict[str, Any]) -> None:
    source = (ROOT.parent / "static" / "js" / "room" / "rules.js").read_bytes()
    module = "data:text/javascript;base64," + base64.b64encode(source).decode()
    played = blank.evaluate(PLAY, [module, case])
    assert played["returned"] == [step["expect"] for step in case["steps"]]
    assert {key: played["end"][key] for key in case["end"]} == case["end"]
