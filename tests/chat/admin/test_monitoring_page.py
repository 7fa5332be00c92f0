"""``/metrics`` and the monitoring page of the admin: who may see them, and that they show what was counted."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from chat import actions
from chat.admin.plots import PLOTS
from chat.models import Measure, Person
from chat.monitoring.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Chart, Line
from chat.monitoring.counters import counters
from hypertalk import __version__
from tests.conftest import client_of

TOKEN = "t" * 40
PAGE = "/admin/chat/measure/"


def ask(given: str | None = None, method: str = "get") -> tuple[int, str]:
    headers = {} if given is None else {"Authorization": given}
    # Neither our host nor TLS: Prometheus uses the process' own address.
    answer = getattr(Client(headers=headers), method)("/metrics", HTTP_HOST="10.9.8.7:8000")
    return answer.status_code, answer.content.decode()


# /metrics


def test_without_a_token_in_the_settings_there_is_nothing_whatever_one_shows(settings) -> None:
    settings.METRICS_TOKEN = ""
    assert [ask(given)[0] for given in (None, "Bearer ", "Bearer", f"Bearer {TOKEN}")] == [404] * 4


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN[1:]}",
        f"Bearer {TOKEN}x",
        "Bearer ü",
    ],
)
def test_a_wrong_token_learns_nothing(settings, given: str | None) -> None:
    settings.METRICS_TOKEN = TOKEN
    status, text = ask(given)
    assert status == 401
    assert "hypertalk_" not in text


def test_the_token_opens_it_for_reading_alone_and_no_query_is_run(settings) -> None:
    settings.METRICS_TOKEN = TOKEN  # the test has no database: a query would fail it
    assert ask(f"Bearer {TOKEN}")[0] == ask(f"bearer {TOKEN}", "head")[0] == 200
    assert ask(f"Bearer {TOKEN}", "post")[0] == 405


def test_prometheus_reads_what_was_counted(settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    counters.add("posts", "socket", by=3)
    counters.add("limits", "post")
    counters.level("sockets", 9)
    counters.level("sockets", 4)
    for seconds in (0.001, 0.0011, 0.5, 60):
        counters.observe("screen", seconds)
    counters.observe("request", 0.2, "5xx")
    samples = {
        (each.name, *sorted(each.labels.items())): each.value
        for family in text_string_to_metric_families(ask(f"Bearer {TOKEN}")[1])
        for each in family.samples
    }
    assert samples["hypertalk_posts_total", ("way", "socket")] == 3
    assert samples["hypertalk_limits_total", ("limit", "post")] == 1
    assert samples["hypertalk_deliveries_total",] == 0  # shown although nothing was counted yet
    assert (samples["hypertalk_sockets",], samples["hypertalk_sockets_peak",]) == (4, 9)
    bucket = "hypertalk_screen_seconds_bucket"
    assert [samples[bucket, ("le", le)] for le in ("0.001", "0.002", "0.5", "10.0", "+Inf")] == [
        1,
        2,
        3,
        3,
        4,
    ]
    assert samples["hypertalk_screen_seconds_count",] == 4
    assert samples["hypertalk_screen_seconds_sum",] == pytest.approx(60.5021)
    assert samples["hypertalk_request_seconds_count", ("status", "5xx")] == 1
    assert next(name for name in samples if name[0] == "hypertalk_build_info")[3] == ("version", __version__)
    assert samples["process_resident_memory_bytes",] > 0


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert project["project"]["version"] == __version__


# Charts


def test_a_line_goes_where_its_values_are_and_is_broken_where_there_are_none() -> None:
    chart = Chart([Line("A", [0, 35, None, 70, None, 1])], list("abcdef"))
    assert chart.top == 80
    low, high = HEIGHT - BOTTOM, TOP
    step = (WIDTH - LEFT - RIGHT) / 5
    assert chart.y(0) == low
    assert chart.y(80) == high
    first = f"M{LEFT} {low}h0L{LEFT + step:g} {chart.y(35):g}"
    dots = f"M{LEFT + 3 * step:g} {chart.y(70):g}h0M{WIDTH - RIGHT} {chart.y(1):g}h0"
    assert chart.paths == [first + dots]
    assert [(tick.label, tick.anchor) for tick in chart.below(3)] == [
        ("a", "start"),
        ("c", "middle"),
        ("f", "end"),
    ]


def test_an_empty_chart_stands_on_its_feet() -> None:
    chart = Chart([Line("A", [None] * 60)], ["x"] * 60)
    assert (chart.top, chart.paths) == (2, [""])


# The page


@pytest.fixture
def recorded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes in this minute, which does not end meanwhile, and in the previous one; and an hour of last week."""
    now = timezone.now().replace(second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=30))
    for ago, process, posts in ((0, "one", 2), (0, "two", 3), (1, "one", 1200)):
        actions.record(
            now - timedelta(minutes=ago),
            process,
            {"posts:socket": posts, "sockets": 4, "sockets^": 6, "screen<=0.02": 10, "limits:post": 1},
        )
    at = now.replace(minute=0) - timedelta(days=7)
    Measure.objects.create(span=Measure.Span.HOUR, at=at, figures={"posts:http": 77, "sockets^": 31})


def pictures(html: str) -> dict[str, str]:
    """Each chart's title and its description in words."""
    found = re.findall(r"<svg class=\"chart__picture\".*?</svg>", html, re.DOTALL)
    parsed = [ET.fromstring(each) for each in found]  # noqa: S314 - our own
    for each in parsed:
        ids = {part.get("id") for part in each.iter()}
        assert set((each.get("aria-labelledby") or "").split()) <= ids
    return {each[0].get("id", ""): " ".join((each[1].text or "").split()) for each in parsed}


def test_the_page_adds_up_all_processes_and_draws_hour_and_month(
    ada: Person, recorded: None, django_assert_max_num_queries
) -> None:
    client = client_of(ada)
    html = client.get(PAGE).content.decode()
    told = pictures(html)
    assert len(told) == 2 * len(PLOTS)
    assert told["hour-posts-title"] == "WebSocket: peak 1,200, now 1,200. HTTP: peak 0, now 0."
    assert told["hour-sockets-title"].startswith("Peak: peak 12, now 6.")
    assert told["hour-screen-title"].endswith("p95: peak 19.8, now 19.8.")
    assert told["month-posts-title"].endswith("HTTP: peak 77, now –.")
    assert told["month-sockets-title"].startswith("Peak: peak 31")
    assert "2 processes report" in html
    assert "post 3" in html
    assert "<style" not in html
    assert 'style="' not in html
    with django_assert_max_num_queries(6):  # two for the metrics, the others for the session and user
        part = client.get(f"{PAGE}hour/").content.decode()
    assert len(pictures(part)) == len(PLOTS)
    assert "<html" not in part


def test_the_table_says_the_same_in_numbers(ada: Person, recorded: None) -> None:
    client = client_of(ada)
    hour = client.get(f"{PAGE}hour/table/").content.decode()
    messages = hour.partition("<caption>Messages</caption>")[2].partition("</table>")[0]
    assert re.findall(r"<td>(.*?)</td>", messages)[:4] == ["5", "0", "1,200", "0"]
    month = client.get(f"{PAGE}month/table/").content.decode()
    assert "<td>77</td>" in month
    assert month.partition('<div class="charts">')[2].count('<tr><th scope="row">') == len(PLOTS) * 120


def test_a_workspace_that_just_began_has_a_page(ada: Person) -> None:
    html = client_of(ada).get(PAGE).content.decode()
    assert len(pictures(html)) == 2 * len(PLOTS)
    assert "0 processes report" in html


def test_a_layer_that_does_not_answer_is_said_first(ada: Person) -> None:
    actions.record(timezone.now().replace(second=0, microsecond=0), "one", {"deaf": 1})
    assert "The channel layer is down." in client_of(ada).get(f"{PAGE}hour/").content.decode()


def test_staff_need_the_permission_and_others_the_administration(mia: Person, bob: Person) -> None:
    paths = [PAGE, f"{PAGE}hour/", f"{PAGE}month/", f"{PAGE}hour/table/", f"{PAGE}month/table/"]
    assert {client_of(mia).get(path).status_code for path in paths} == {403}
    assert {client_of(bob).get(path).status_code for path in paths} == {302}
    mia.user.user_permissions.add(Permission.objects.get(codename="view_measure"))
    assert {client_of(mia).get(path).status_code for path in paths} == {200}
    assert {client_of(mia).post(path).status_code for path in paths} == {405}
    assert "Monitoring" in client_of(mia).get("/admin/").content.decode()
