"""The result of a check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

type Level = Literal["ok", "warning", "failure"]
type Check = Callable[[Options], Iterator[Finding]]

PATIENCE = 4  # seconds that a check waits for another machine


@dataclass(frozen=True)
class Options:
    """Options of the doctor: the public URL of the workspace, and where to send a mail; "" skips either."""

    url: str = ""
    send_mail_to: str = ""


@dataclass(frozen=True)
class Finding:
    """``name`` is stable, for machines. ``what`` and ``do`` are a sentence each; ``do`` is empty if all is well."""

    level: Level
    name: str
    what: str
    do: str = ""


def ok(name: str, what: str) -> Finding:
    return Finding("ok", name, what)


def warning(name: str, what: str, do: str) -> Finding:
    return Finding("warning", name, what, do)


def failure(name: str, what: str, do: str) -> Finding:
    return Finding("failure", name, what, do)
