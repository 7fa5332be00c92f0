"""The memory of a process, as Linux reports it."""

from pathlib import Path


class Scales:
    """``grown``: peak growth of the process's memory since now, in kilobytes."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # resets the peak
        self._before = self._read("VmRSS")

    @property
    def grown(self) -> int:
        return self._read("VmHWM") - self._before

    def _read(self, what: str) -> int:
        return int(Path(f"/proc/{self._pid}/status").read_text().partition(f"{what}:")[2].split()[0])
