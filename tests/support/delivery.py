"""What a sender does after each answer: the twin of ``static/js/composer/delivery-rules.js`` for all Python clients.

The same cases test both (tests/cases/delivery_rules.json).
"""

from dataclasses import dataclass
from typing import Any

TRIES = 4  # if the server answers with an error of its own
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0  # seconds
AWAY = {502, 503, 504}  # the server, or a service behind it, is down
LATER = {429, 507}  # rate limit, or no space to store it


@dataclass(frozen=True)
class Outcome:
    """``kind``: done; refused (permanently); early (retry after ``seconds``); signedOut; away; failed."""

    kind: str
    seconds: float = 0
    why: str = ""


@dataclass(frozen=True)
class Next:
    """``step``: done; fail; signIn; wait (``seconds``); back (``seconds``, or until there is a connection); again
    (after ``seconds``).
    """

    step: str
    seconds: float = 0


def of_socket(answer: dict[str, Any]) -> Outcome:
    """The outcome of a frame that answers a post."""
    later = answer.get("retry_after") or 0
    match answer["type"]:
        case "posted":
            return Outcome("done")
        case "refused":
            return Outcome("early" if later else "refused", later, answer.get("text", ""))
        case "failed" if later:
            return Outcome("away")
    return Outcome("failed")


def of_http(status: int, retry_after: str | None = None, why: str = "") -> Outcome:
    """The outcome of an HTTP response. ``why`` is its body, which is a sentence if the message is refused."""
    if 200 <= status < 300:
        return Outcome("done")
    if status == 401:
        return Outcome("signedOut")
    if status in LATER:
        return Outcome("early", float(retry_after or 1), why)
    if status >= 500:
        return Outcome("away" if status in AWAY else "failed")
    return Outcome("refused", why=why)


def _longer(times: int) -> float:
    return min(FIRST_WAIT * 2**times, LONGEST_WAIT)


class DeliveryRules:
    """The state of one item in the outbox."""

    def __init__(self) -> None:
        self._tries = self._silent = 0

    def next(self, outcome: Outcome) -> Next:
        match outcome.kind:
            case "done":
                return Next("done")
            case "refused":
                return Next("fail")
            case "signedOut":
                return Next("signIn")
            case "early":
                return Next("wait", outcome.seconds)
            case "away":
                self._silent += 1
                return Next("back", _longer(self._silent - 1))
        self._tries += 1
        return Next("again", _longer(self._tries - 1)) if self._tries < TRIES else Next("fail")
