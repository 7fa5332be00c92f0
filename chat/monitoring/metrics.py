"""Names of the metrics, and how to read figures.

All figures are integers under flat names, so that those of two processes, or of sixty minutes, add up like any numbers.
``posts:socket`` is a counter with its label. ``screen<=0.01`` counts the observations of a histogram above the previous
bound and up to this one, ``screen<=inf`` those above all bounds, and ``screen+`` is their sum, in millionths.
``sockets`` is a gauge, and ``sockets^`` its peak.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

type Figures = Mapping[str, int]

MILLION = 1_000_000
# Seconds. The bounds are close together where a chat's latencies are, so that percentiles are right to about
# a fifth.
SECONDS = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05),
    *(0.065, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0),
)
POSTS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """``label`` is the name of its label. Label values are few and known, never a person or a room."""

    help: str
    label: str = ""


COUNTERS = {
    "posts": Figure("Messages stored, without retries.", "way"),
    "publishes": Figure("Publishes to the channel layer, one per action or commit."),
    "deliveries": Figure("Frames sent to sockets that show the room."),
    "nudges": Figure("Unread notices sent to sockets that show another room."),
    "gaps_seen": Figure("Gaps: changes missing when a later one was heard."),
    "gaps_closed": Figure("Closed gaps, by how: the changes came late, or a heartbeat repaired them.", "how"),
    "catch_ups": Figure("Answers to pages that asked what they missed.", "answer"),
    "limits": Figure("Requests above a rate limit.", "limit"),
    "refused": Figure("Refused requests, by the name of the error.", "reason"),
    "handshakes": Figure("Opened sockets, by outcome.", "outcome"),
    "closed": Figure("Sockets closed by the server while in use.", "reason"),
    "samples": Figure("Pages asked to confirm a frame."),
    "errors": Figure("Errors, by component.", "where"),
    "jobs": Figure("Jobs, by outcome.", "outcome"),
}
HISTOGRAMS = {
    "publish": Figure("From the commit to the publish, in seconds."),
    "screen": Figure("From the publish until a page shows it, in seconds; sampled."),
    "echo": Figure("Round trip of a message through the channel layer, in seconds."),
    "batch": Figure("Posts per commit, from sockets."),
    "request": Figure("HTTP requests, from the complete body to the response, in seconds.", "status"),
    "job_wait": Figure("From when a job is due until a worker starts it, in seconds."),
}
LEVELS = {
    "sockets": Figure("Open sockets."),
    "workers": Figure("1 while this process runs jobs, else 0."),
    "deaf": Figure("1 while messages of the channel layer do not arrive, else 0."),
}


def bounds(histogram: str) -> tuple[float, ...]:
    return POSTS if histogram == "batch" else SECONDS


def name(figure: str, label: str = "") -> str:
    return f"{figure}:{label}" if label else figure


def buckets(figures: Figures, histogram: str, label: str = "") -> list[tuple[float, int]]:
    """(bound, count) per bucket: observations above the previous bound and up to this one. The last bound is infinity."""
    given = name(histogram, label)
    return [(bound, figures.get(f"{given}<={bound}", 0)) for bound in (*bounds(histogram), float("inf"))]


def percentile(figures: Figures, histogram: str, share: float) -> float | None:
    """Over all labels, interpolated within a bucket; None without observations. At most the last bound."""
    counted: Counter[float] = Counter()
    for label in labels(figures, histogram):
        counted.update(dict(buckets(figures, histogram, label)))
    wanted = share * counted.total()
    if not counted.total():
        return None
    for low, high in pairwise((0.0, *sorted(counted))):
        if wanted <= counted[high]:
            return low if high == float("inf") else low + (high - low) * wanted / counted[high]
        wanted -= counted[high]
    return max(bounds(histogram))


def labels(figures: Figures, histogram: str) -> list[str]:
    """The labels that have observations."""
    return sorted({key.partition("<=")[0].partition(":")[2] for key in figures if _is_of(key, histogram)})


def _is_of(key: str, histogram: str) -> bool:
    return "<=" in key and key.startswith((f"{histogram}:", f"{histogram}<="))


def parts(figures: Figures, figure: str) -> dict[str, int]:
    """A counter by label, the largest first."""
    found = {
        key.partition(":")[2]: number for key, number in figures.items() if key.partition(":")[0] == figure
    }
    return dict(sorted(found.items(), key=lambda part: (-part[1], part[0])))


def total(figures: Figures, figure: str) -> int:
    """A counter, summed over its labels."""
    return sum(parts(figures, figure).values())


def observed(figures: Figures, histogram: str) -> int:
    """The number of observations, over all labels."""
    return sum(number for key, number in figures.items() if _is_of(key, histogram))


def added(each: Iterable[Figures]) -> Counter[str]:
    """Figures of several processes at the same time."""
    found: Counter[str] = Counter()
    for figures in each:
        found.update(figures)
    return found


def sum_over_time(each: Iterable[Figures]) -> Counter[str]:
    """Figures of consecutive times: counters are added; of gauges the maximum counts."""
    found: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for figures in each:
        found.update(figures)
        levels |= Counter(
            {key: figures[key] for level in LEVELS for key in (level, f"{level}^") if key in figures}
        )
    for level in LEVELS:
        for key in (level, f"{level}^"):
            found.pop(key, None)
    return found + levels
