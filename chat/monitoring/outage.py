"""Logs an outage once when it begins and once when it ends, not each failure."""

from logging import Logger


class Outage:
    """``begins`` and ``ends`` are the log lines."""

    def __init__(self, logger: Logger, begins: str, ends: str) -> None:
        self._logger, self._begins, self._ends = logger, begins, ends
        self._failed = 0  # consecutive failures

    def failed(self, error: BaseException) -> None:
        self._failed += 1
        if self._failed == 1:
            self._logger.warning(self._begins, exc_info=error)

    def worked(self) -> None:
        if self._failed:
            self._logger.warning("%s; it had failed %d times", self._ends, self._failed)
        self._failed = 0
