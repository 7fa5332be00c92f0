"""Faults and their results: the table in docs/delivery.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """``again``: tries after the first. ``took``: seconds from the end of the fault until every screen agreed."""

    what: str
    how_long: str
    sent: int
    again: int
    lost: int
    took: float

    @staticmethod
    def table(lines: list["Line"]) -> str:
        titles = (
            "what was broken",
            "for how long",
            "messages",
            "sent again",
            "lost",
            "until every screen agreed",
        )
        return f"| {' | '.join(titles)} |\n{'|---' * len(titles)}|\n" + "".join(
            f"| {line.what} | {line.how_long} | {line.sent:,} | {line.again:,} | {line.lost} | {line.took:.1f} s |\n"
            for line in lines
        )


TABLE: list[Line] = []
