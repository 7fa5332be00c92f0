"""What a process weighs, by Linux' own account."""

from pathlib import Path


class Scales:
    """``grown``: how many kilobytes more than now the process has had in memory since, at its worst moment."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # forgets the highest so far
        self._before = self._read("VmRSS")

    @property
    def grown(self) -> int:
        return self._read("VmHWM") - self._before

    def _read(self, what: str) -> int:
        return int(Path(f"/proc/{self._pid}/status").read_text().partition(f"{what}:")[2].split()[0])
