"""The twin of the page's rules, tested with the same cases as the page."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.model.page import Page, Row

CASES = json.loads((Path(__file__).parent.parent / "cases" / "page_rules.json").read_text())


def play(page: Page, op: str, args: Any) -> Any:
    rows = [Row(**row) for row in args.get("rows", [])] if isinstance(args, dict) else []
    match op:
        case "frame":
            verdict, gap = page.frame(Row(**args))
            return {"verdict": verdict, "gap": gap}
        case "beat":
            return {"ask": page.beat(args)}
        case "pending":
            return page.pending(args)
        case "discard":
            return page.discard(args)
        case "answer":
            verdicts, again = page.answer(args["after"], args["version"], args["more"], rows)
            return {"verdicts": verdicts, "again": again}
        case "history":
            verdicts, drain = page.history(args["before"], args["version"], rows, args["atStart"])
            return {"verdicts": verdicts, "drain": drain}
        case "newer":
            verdicts, drain = page.newer(args["after"], args["version"], rows, args["atEnd"])
            return {"verdicts": verdicts, "drain": drain}
        case "replace":
            verdicts, drain = page.replace(args["version"], rows, args["atStart"], args["atEnd"])
            return {"verdicts": verdicts, "drain": drain}
        case "trim":
            return page.trim(**args)
        case "startOver":
            return {"verdicts": page.start_over(args["version"], rows, args["atStart"])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rule(case: dict[str, Any]) -> None:
    start = case["start"]
    rows = [Row(**row) for row in start["rows"]]
    page = Page(start["held"], start["low"], start["atStart"], rows, start.get("high"))
    for step in case["steps"]:
        assert play(page, step["op"], step["args"]) == step["expect"], step
    end = {
        "held": page.held,
        "low": page.low,
        "atStart": page.at_start,
        "high": page.high,
        "rows": sorted(page.rows),
    }
    assert {key: end[key] for key in case["end"]} == case["end"]
