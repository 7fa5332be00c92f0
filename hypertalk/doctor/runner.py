"""Runs the checks in order, whatever they raise."""

from collections.abc import Iterator

from hypertalk.doctor.checks import CHECKS
from hypertalk.doctor.findings import Check, Finding, Options, failure
from hypertalk.logs.errors import describe


def examine(options: Options, checks: dict[str, Check] = CHECKS) -> Iterator[Finding]:
    """Yield findings as they are made. Never raises: the database may be down, the settings invalid."""
    for name, check in checks.items():
        try:
            yield from check(options)
        except Exception as error:  # noqa: BLE001 - one broken check must not hide the others
            yield failure(
                f"{name}.broken",
                f"This check failed: {describe(error)}.",
                "Fix the findings above first; if there are none, report a bug in hypertalk.",
            )
