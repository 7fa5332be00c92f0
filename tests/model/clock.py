"""The only time in a run: it stands still until a step lets it pass."""

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
    """In the place of SQLite's own, which Django's ``Now()`` asks. SQLite's ``%f`` are seconds with their fraction."""

    def told(form: str, _now: str) -> str:
        moment = now()
        return moment.strftime(form.replace("%f", f"%S.{moment.microsecond // 1000:03}"))

    return told
