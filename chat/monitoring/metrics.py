"""Names of the metrics, and how to read values.

All values are integers under flat names, so that those of two processes, or of sixty minutes, add up like any numbers.
``posts:socket`` is a counter with its label. ``screen<=0.01`` counts the observations of a histogram above the previous
bound and up to this one, ``screen<=inf`` those above all bounds, and ``screen+`` is their sum, in millionths.
``sockets`` is a gauge, and ``sockets^`` its peak.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

type Values = Mapping[str, int]

MILLION = 1_000_000
# Seconds. The bounds are close together where a chat's latencies are, so that percentiles are right to about
# a fifth.
SECONDS = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05),
    *(0.065, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0),
)
POSTS = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """``label`` is the name of its label. Label values are few and known, never a person or a room."""

    help: str
    label: str = ""


COUNTERS = {
    "posts": Metric("Messages stored, without retries.", "way"),
    "publishes": Metric("Publishes to the channel layer, one per action or commit."),
    "deliveries": Metric("Frames sent to sockets that show the room."),
    "nudges": Metric("Unread notices sent to sockets that show another room."),
    "gaps_seen": Metric("Gaps: changes missing when a later one was heard."),
    "gaps_closed": Metric("Closed gaps, by how: the changes came late, or a heartbeat repaired them.", "how"),
    "catch_ups": Metric("Answers to pages that asked what they missed.", "answer"),
    "limits": Metric("Requests above a rate limit.", "limit"),
    "refused": Metric("Refused requests, by the name of the error.", "reason"),
    "handshakes": Metric("Opened sockets, by outcome.", "outcome"),
    "closed": Metric("Sockets closed by the server while in use.", "reason"),
    "samples": Metric("Pages asked to confirm a frame."),
    "errors": Metric("Errors, by component.", "where"),
    "jobs": Metric("Jobs, by outcome.", "outcome"),
}
HISTOGRAMS = {
    "publish": Metric("From the commit to the publish, in seconds."),
    "screen": Metric("From the publish until a page shows it, in seconds; sampled."),
    "echo": Metric("Round trip of a message through the channel layer, in seconds."),
    "batch": Metric("Posts per commit, from sockets."),
    "request": Metric("HTTP requests, from the complete body to the response, in seconds.", "status"),
    "job_wait": Metric("From when a job is due until a worker starts it, in seconds."),
}
LEVELS = {
    "sockets": Metric("Open sockets."),
    "workers": Metric("1 while this process runs jobs, else 0."),
    # An older name: it is stored in rows, and dashboards and alerts name it.
    "deaf": Metric("1 while messages of the channel layer do not arrive, else 0."),
}


def bounds(histogram: str) -> tuple[float, ...]:
    return POSTS if histogram == "batch" else SECONDS


def name(metric: str, label: str = "") -> str:
    return f"{metric}:{label}" if label else metric


def buckets(values: Values, histogram: str, label: str = "") -> list[tuple[float, int]]:
    """(bound, count) per bucket: observations above the previous bound and up to this one. The last bound is infinity."""
    given = name(histogram, label)
    return [(bound, values.get(f"{given}<={bound}", 0)) for bound in (*bounds(histogram), float("inf"))]


def percentile(values: Values, histogram: str, share: float) -> float | None:
    """Over all labels, interpolated within a bucket; None without observations. At most the last bound."""
    counted: Counter[float] = Counter()
    for label in labels(values, histogram):
        counted.update(dict(buckets(values, histogram, label)))
    wanted = share * counted.total()
    if not counted.total():
        return None
    for low, high in pairwise((0.0, *sorted(counted))):
        if wanted <= counted[high]:
            return low if high == float("inf") else low + (high - low) * wanted / counted[high]
        wanted -= counted[high]
    return max(bounds(histogram))


def labels(values: Values, histogram: str) -> list[str]:
    """The labels that have observations."""
    return sorted({key.partition("<=")[0].partition(":")[2] for key in values if _is_of(key, histogram)})


def _is_of(key: str, histogram: str) -> bool:
    return "<=" in key and key.startswith((f"{histogram}:", f"{histogram}<="))


def by_label(values: Values, metric: str) -> dict[str, int]:
    """A counter by label, the largest first."""
    found = {
        key.partition(":")[2]: number for key, number in values.items() if key.partition(":")[0] == metric
    }
    return dict(sorted(found.items(), key=lambda part: (-part[1], part[0])))


def total(values: Values, metric: str) -> int:
    """A counter, summed over its labels."""
    return sum(by_label(values, metric).values())


def observed(values: Values, histogram: str) -> int:
    """The number of observations, over all labels."""
    return sum(number for key, number in values.items() if _is_of(key, histogram))


def added(each: Iterable[Values]) -> Counter[str]:
    """Values of several processes at the same time."""
    found: Counter[str] = Counter()
    for values in each:
        found.update(values)
    return found


def sum_over_time(each: Iterable[Values]) -> Counter[str]:
    """Values of consecutive times: counters are added; of gauges the maximum counts."""
    found: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for values in each:
        found.update(values)
        levels |= Counter(
            {key: values[key] for level in LEVELS for key in (level, f"{level}^") if key in values}
        )
    for level in LEVELS:
        for key in (level, f"{level}^"):
            found.pop(key, None)
    return found + levels
