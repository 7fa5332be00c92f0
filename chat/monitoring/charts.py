"""The geometry of small line charts, for a template to draw. Knows nothing of what they mean."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 132
LEFT, RIGHT, TOP, BOTTOM = 40, 6, 8, 20
STEPS = (2, 4, 6, 8, 10)  # whose halves are whole


@dataclass(frozen=True, slots=True)
class Line:
    """``values`` are evenly spaced; None for missing ones."""

    label: str
    values: Sequence[float | None]

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True, slots=True)
class Tick:
    """``position`` is the coordinate on its axis, in the chart's units. ``anchor`` is SVG's ``text-anchor``."""

    position: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """``times`` are the labels of all positions on the horizontal axis."""

    lines: Sequence[Line]
    times: Sequence[str]

    @property
    def top(self) -> float:
        """A round number, not below any value, and at least 2."""
        most = max((value for line in self.lines for value in line.known), default=0)
        power: float = 1
        while True:
            for step in STEPS:
                if step * power >= most:
                    return step * power
            power *= 10

    @property
    def paths(self) -> list[str]:
        """SVG path data of each line, interrupted at missing values; a single value is a dot."""
        return [self._path(line.values) for line in self.lines]

    def heights(self) -> list[float]:
        """Values of the horizontal grid lines."""
        return [0, self.top / 2, self.top]

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM), 1)

    def x(self, number: int) -> float:
        return round(LEFT + number / max(1, len(self.times) - 1) * (WIDTH - LEFT - RIGHT), 1)

    def below(self, count: int = 4) -> list[Tick]:
        """Labels for some of the positions, including the first and the last."""
        last = len(self.times) - 1
        numbers = [math.floor(n * last / (count - 1)) for n in range(count)]
        anchors = ["start", *["middle"] * (count - 2), "end"]
        return [
            Tick(self.x(number), self.times[number], anchor)
            for number, anchor in zip(numbers, anchors, strict=True)
        ]

    def _path(self, values: Sequence[float | None]) -> str:
        path, drawing = [], False
        for number, value in enumerate(values):
            if value is not None:
                path.append(f"{'L' if drawing else 'M'}{self.x(number):g} {self.y(value):g}")
                if not drawing:
                    path.append("h0")  # a dot, thanks to round line caps
            drawing = value is not None
        return "".join(path)
