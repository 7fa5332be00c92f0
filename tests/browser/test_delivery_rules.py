"""The real delivery-rules.js, tested with the same cases as its twin."""

import base64
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.scene import close

ROOT = Path(__file__).parent.parent
CASES = json.loads((ROOT / "cases" / "delivery_rules.json").read_text())

PLAY = """async ([source, cases]) => {
    const { DeliveryRules, ofHttp, ofSocket } = await import(source);
    const outcome = ({ socket, http }) =>
        socket ? ofSocket(socket) : http ? ofHttp(http.status, http.retryAfter) : { kind: "away" };
    return cases.map(({ heard }) => {
        const rules = new DeliveryRules();
        return heard.map((each) => rules.next(outcome(each)));
    });
}"""


def test_every_case(browser: Browser) -> None:
    blank = browser.new_page()
    source = (ROOT.parent / "static" / "js" / "composer" / "delivery-rules.js").read_bytes()
    module = "data:text/javascript;base64," + base64.b64encode(source).decode()
    played: list[Any] = blank.evaluate(PLAY, [module, CASES])
    close(blank)
    assert {case["name"]: steps for case, steps in zip(CASES, played, strict=True)} == {
        case["name"]: case["steps"] for case in CASES
    }
