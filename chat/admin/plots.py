"""The plots of the monitoring page, each as a chart and as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.monitoring import metrics
from chat.monitoring.charts import HEIGHT, LEFT, RIGHT, WIDTH, Chart, Line, Tick
from chat.monitoring.history import Point
from chat.monitoring.metrics import Values

type Words = str | Promise
type Reading = Callable[[Values], float | None]


@dataclass(frozen=True, slots=True)
class Plot:
    """One plot: the name of each line, and how its value is read from the values of one time."""

    key: str
    title: Words
    lines: Sequence[tuple[Words, Reading]]


def count(metric: str, label: str | None = None) -> Reading:
    if label is None:
        return lambda read: metrics.total(read, metric)
    return lambda read: read.get(metrics.name(metric, label), 0)


def level(name: str) -> Reading:
    return lambda read: read.get(name, 0)


def milliseconds(histogram: str, share: float) -> Reading:
    def read(found: Values) -> float | None:
        seconds = metrics.percentile(found, histogram, share)
        return None if seconds is None else round(seconds * 1000, 1)

    return read


def latency(histogram: str) -> Sequence[tuple[Words, Reading]]:
    return [
        (_("p50"), milliseconds(histogram, 0.5)),
        (_("p95"), milliseconds(histogram, 0.95)),
    ]


PLOTS = [
    Plot("sockets", _("Open sockets"), [(_("Peak"), level("sockets^")), (_("Last"), level("sockets"))]),
    Plot(
        "posts",
        _("Messages"),
        [(_("WebSocket"), count("posts", "socket")), (_("HTTP"), count("posts", "http"))],
    ),
    Plot(
        "deliveries",
        _("Deliveries"),
        [(_("Messages"), count("deliveries")), (_("Unread notices"), count("nudges"))],
    ),
    Plot("publish", _("Commit to publish, ms"), latency("publish")),
    Plot("screen", _("Publish to delivery, ms"), latency("screen")),
    Plot("gaps", _("Gaps"), [(_("Seen"), count("gaps_seen")), (_("Closed"), count("gaps_closed"))]),
    Plot(
        "catch-ups",
        _("Catching up"),
        [(_("Catch-ups"), count("catch_ups")), (_("Full reloads"), count("catch_ups", "start over"))],
    ),
    Plot(
        "limits",
        _("Limits"),
        [(_("Limits hit"), count("limits")), (_("Slow connections closed"), count("closed", "slow"))],
    ),
    Plot(
        "requests",
        _("Requests"),
        [(_("Requests"), lambda read: metrics.observed(read, "request")), (_("Refusals"), count("refused"))],
    ),
    Plot("request", _("Request duration, ms"), latency("request")),
    Plot(
        "jobs",
        _("Jobs"),
        [
            (_("Done"), count("jobs", "done")),
            (_("Failed tries"), count("jobs", "failed")),
            (_("Set aside"), count("jobs", "set aside")),
        ],
    ),
    Plot("job-wait", _("Job wait, ms"), latency("job_wait")),
    Plot("errors", _("Errors"), [(pgettext_lazy("what failed", "Errors"), count("errors"))]),
]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plot over some points: the chart, and the same as a table."""

    plot: Plot
    times: list[str]
    chart: Chart

    @property
    def lines(self) -> list[tuple[Line, str]]:
        return list(zip(self.chart.lines, self.chart.paths, strict=True))

    @property
    def across(self) -> list[Tick]:
        return [Tick(self.chart.y(value), short(value)) for value in self.chart.heights()]

    @property
    def summary(self) -> list[tuple[str, str, str]]:
        """Of each line: its name, the maximum, and the last complete value."""
        return [
            (line.label, in_words(max(line.known, default=None)), in_words(line.values[-2]))
            for line in self.chart.lines
        ]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The newest first."""
        values = zip(*(line.values for line in self.chart.lines), strict=True)
        rows = [
            (time, [in_words(one) for one in each]) for time, each in zip(self.times, values, strict=True)
        ]
        return rows[::-1]

    left, right, height = LEFT, WIDTH - RIGHT, HEIGHT


def in_words(value: float | None) -> str:
    if value is None:
        return "–"
    return number_format(value, 0 if value == int(value) else 1, use_l10n=True, force_grouping=True)


def short(value: float) -> str:
    """For an axis, where there is little room."""
    for sign, size in (("M", 1_000_000), ("k", 1000)):
        if value >= size:
            return f"{in_words(value / size)}{sign}"
    return in_words(value)


def draw(points: list[Point], span: str) -> list[Drawn]:
    moments = [timezone.localtime(point.at) for point in points]
    below = [date_format(at, "H:i" if span == "hour" else "j M") for at in moments]
    times = below if span == "hour" else [date_format(at, "j M, H:i") for at in moments]
    return [
        Drawn(
            plot,
            times,
            Chart(
                [
                    Line(
                        str(label),
                        [None if point.values is None else read(point.values) for point in points],
                    )
                    for label, read in plot.lines
                ],
                below,
            ),
        )
        for plot in PLOTS
    ]
