"""One line per record, for people or for machines. It contains nothing that people wrote, and no line break."""

import json
import logging
import time
from typing import Any

from hypertalk.logs import context, errors
from hypertalk.logs.secrets import without_secrets

PATIENT = 20_000  # characters of a message that are processed
LONGEST = 500  # characters of a message; longer ones contain data


def printable(text: str) -> str:
    """Replace control characters. A percent-encoded URL may contain a line break or an escape sequence of a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


class _OneLine(logging.Formatter):
    """Our own formatter: libraries that write records as JSON include the exceptions' messages and all extra fields."""

    def message_of(self, record: logging.LogRecord) -> str:
        args: Any = record.args
        if isinstance(args, tuple):
            args = tuple(errors.describe(each) if isinstance(each, BaseException) else each for each in args)
        try:
            text = str(record.msg) % args if args else str(record.msg)
        except (TypeError, ValueError):
            text = str(record.msg)
        for error in self.errors_of(record):
            if own := str(error):
                text = text.replace(own, errors.describe(error))
        return without_secrets(printable(text.partition("\n")[0][:PATIENT]))[:LONGEST]

    def errors_of(self, record: logging.LogRecord) -> list[BaseException]:
        error = record.exc_info[1] if record.exc_info else None
        return errors.chain(error) if error is not None else []

    def time_of(self, record: logging.LogRecord) -> str:
        """UTC, as in ``2026-11-21T09:30:00.125Z``."""
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"


class Text(_OneLine):
    """``2026-11-21T09:30:00.125Z WARNING chat.live.hub: … [request=… person=7] OSError (…) at file:line name < …``"""

    def format(self, record: logging.LogRecord) -> str:
        parts = [f"{self.time_of(record)} {record.levelname} {record.name}: {self.message_of(record)}"]
        found = context.of_record(record)
        known = " ".join(f"{name}={found[name]}" for name in context.MARKS if name in found)
        if known:
            parts.append(f"[{known}]")
        for index, error in enumerate(self.errors_of(record)):
            parts.append(f"{'because of ' if index else ''}{errors.describe(error)}")
            if way := errors.where(error):
                parts.append(f"at {' < '.join(way)}")
        return printable(" ".join(parts))


class Json(_OneLine):
    """One object per line: ``time``, ``level``, ``logger``, ``message``, then ids and other fields, then ``errors``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.time_of(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message_of(record),
            **context.of_record(record),
        }
        found = self.errors_of(record)
        if found:
            line["errors"] = [{"error": errors.describe(each), "at": errors.where(each)} for each in found]
        return printable(json.dumps(line, ensure_ascii=False))  # JSON escapes only some control characters
