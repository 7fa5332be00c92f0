"""The clients of the fault suite are as patient as the page, and no more: their numbers are those of its scripts.

Those of sending are held by tests/cases/delivery_rules.json.
"""

import re
from pathlib import Path

from tests.faults import talker
from tests.support import screen

SCRIPTS = Path(__file__).parents[2] / "static" / "js"


def numbers_of(script: str) -> dict[str, float]:
    """Its constants: counts, and milliseconds, by their names."""
    found = re.findall(r"^const ([A-Z_]+) = ([\d_]+);", (SCRIPTS / script).read_text(), re.MULTILINE)
    return {name: float(number.replace("_", "")) for name, number in found}


def test_it_sends_as_often_and_waits_as_long_as_the_page() -> None:
    delivery, line, gaps = map(numbers_of, ("composer/delivery.js", "core/socket.js", "room/catchup.js"))
    assert delivery["ANSWER_WITHIN"] == talker.ANSWER_WITHIN * 1000
    assert (line["FIRST_WAIT"], line["LONGEST_WAIT"]) == (
        talker.Talker.first_wait * 1000,
        talker.Talker.longest_wait * 1000,
    )
    assert line["BEAT_OVERDUE"] == screen.BEAT_OVERDUE * 1000
    assert gaps["RETRY_AFTER"] == talker.MISSED_AFTER * 1000
