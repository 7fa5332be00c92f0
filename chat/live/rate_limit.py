"""Rate limit of one socket."""

import time

WINDOW_SECONDS = 10.0


class SocketRateLimit:
    """Counts frames by type, in windows of ten seconds."""

    __slots__ = ("_began", "_counts")

    def __init__(self) -> None:
        self._began = 0.0
        self._counts: dict[str, int] = {}

    def allows(self, frame_type: str, most: int) -> bool:
        """Count one frame. Returns False above the limit."""
        now = time.monotonic()
        if now - self._began > WINDOW_SECONDS:
            self._began, self._counts = now, {}
        count = self._counts[frame_type] = self._counts.get(frame_type, 0) + 1
        return count <= most
