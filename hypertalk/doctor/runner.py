"""Runs the checks, one after the other, whatever they do."""

from collections.abc import Iterator

from hypertalk.doctor.checks import CHECKS
from hypertalk.doctor.findings import Asked, Check, Finding, failure
from hypertalk.logs.errors import said


def examine(asked: Asked, checks: dict[str, Check] = CHECKS) -> Iterator[Finding]:
    """Findings as they are made. Never raises; the database may be away, the settings nonsense."""
    for name, check in checks.items():
        try:
            yield from check(asked)
        except Exception as error:  # noqa: BLE001 - a doctor who faints helps nobody
            yield failure(
                f"{name}.broken",
                f"This check failed: {said(error)}.",
                "Fix the findings above first; if there are none, report a bug in hypertalk.",
            )
