"""An outage is logged twice: when it begins, and when it ends."""

import logging

import pytest

from chat.monitoring.outage import Outage


def test_the_log_learns_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage(logging.getLogger("chat.something"), "It does not work", "It works again")
    for _ in range(2):
        outage.worked()
        for _ in range(3):
            outage.failed(ConnectionError("refused"))
        outage.worked()
    assert caplog.messages == ["It does not work", "It works again; it had failed 3 times"] * 2
    assert isinstance(caplog.records[0].exc_info[1], ConnectionError)
