"""The only clock of a run: it stands still until a step advances it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BEGAN = datetime(2026, 1, 1, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    def time_ns(self) -> int:
        return int(self.now().timestamp()) * 10**9


def strftime(now: Callable[[], datetime]) -> Callable[[str, str], str]:
    """Replaces SQLite's own function, which Django's ``Now()`` calls. SQLite's ``%f`` are seconds with their fraction."""

    def told(form: str, _now: str) -> str:
        moment = now()
        return moment.strftime(form.replace("%f", f"%S.{moment.microsecond // 1000:03}"))

    return told
