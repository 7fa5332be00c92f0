"""Log lines about requests and sockets: enough to find them again, and nothing that people wrote."""

import asyncio
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from hypertalk.logs import context
from hypertalk.logs.errors import describe
from hypertalk.logs.formatters import Json, Text
from hypertalk.logs.secrets import without_secrets
from hypertalk.logs.tracing import Traced
from hypertalk.server.edge import Edge

SECRET = "marmalade-7731"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything at DEBUG, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Json())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


async def test_an_address_makes_no_second_line_and_orders_no_terminal_about(log: io.StringIO) -> None:
    await asked("/rooms/\n2026 ERROR forged\x1b[2J")
    await asked("/" + "x" * 9000)
    first, second = (line for line in lines(log) if line["logger"] == "hypertalk.access")
    assert "forged" not in first["message"]
    assert len(second["path"]) == 500
    await asked("/\x9b2J\u202e\u2028")  # JSON leaves these as they are
    assert not {"\x9b", "\u202e", "\u2028"} & set(log.getvalue())
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s", ("a\x1b[2Jb\rc",), None)
    assert ": a\ufffd[2Jb\ufffdc" in Text().format(record)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def asked(
    path: str = "/rooms/",
    *,
    headers: Any = (),
    peer: str = "203.0.113.9",
    status: int = 200,
    fail: bool = False,
) -> dict[bytes, bytes]:
    """The response headers of an application behind edge and tracing."""
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        if fail:
            raise ValueError(SECRET)
        await send({"type": "http.response.start", "status": status, "headers": [(b"a", b"b")]})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": SECRET.encode(),
        "headers": list(headers),
        "client": [peer, 5],
        "scheme": "http",
    }
    await Edge(Traced(inside), trusted=[ip_network("10.0.0.0/8")])(scope, None, send)
    return dict(sent[0]["headers"])


async def test_each_request_has_an_id_and_a_line(log: io.StringIO) -> None:
    answered = (await asked("/rooms/x/", status=404))[b"x-request-id"].decode()
    (line,) = [line for line in lines(log) if line["logger"] == "hypertalk.access"]
    assert re.fullmatch("[0-9a-f]{16}", answered)
    assert line["request"] == answered
    assert (line["method"], line["path"], line["status"], line["client"]) == (
        "GET",
        "/rooms/x/",
        404,
        "203.0.113.9",
    )
    assert line["ms"] >= 0
    assert SECRET not in log.getvalue()


async def test_only_a_trusted_proxy_brings_an_id_and_only_one_that_is_one() -> None:
    own = [(b"x-request-id", b"from-the-proxy.1")]
    assert (await asked(headers=own, peer="10.0.0.1"))[b"x-request-id"] == b"from-the-proxy.1"
    assert (await asked(headers=own))[b"x-request-id"] != b"from-the-proxy.1"
    forged = [(b"x-request-id", b'x" level=ERROR'), (b"host", b"a")]
    assert re.fullmatch(b"[0-9a-f]{16}", (await asked(headers=forged, peer="10.0.0.1"))[b"x-request-id"])


async def test_a_request_that_fails_has_a_line_too_and_probes_have_none_at_info(log: io.StringIO) -> None:
    with pytest.raises(ValueError, match=SECRET):
        await asked(fail=True)
    await asked("/healthz/")
    failed, probe = (line for line in lines(log) if line["logger"] == "hypertalk.access")
    assert (failed["status"], failed["level"], probe["level"]) == (0, "INFO", "DEBUG")


def test_lines_from_threads_carry_the_marks_and_others_do_not(log: io.StringIO) -> None:
    async def one(number: int) -> None:
        context.marks.set({"request": f"r{number}"})
        await asyncio.to_thread(logging.getLogger("some.library").warning, "from %d", number)

    async def both() -> None:
        await asyncio.gather(*(asyncio.create_task(one(number)) for number in range(2)))
        logging.getLogger("some.library").warning("from outside")

    asyncio.run(both())
    told = {line["message"]: line.get("request") for line in lines(log) if line["logger"] == "some.library"}
    assert told == {"from 0": "r0", "from 1": "r1", "from outside": None}


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def test_no_address_that_opens_a_door_is_written_down_whole() -> None:
    """A URL parameter that is neither a number, nor an id, nor a digest, could be a key."""
    harmless = re.compile(r"<(?:uuid|int|slug):\w+>|<path:\w+>")
    secret_paths = {
        address
        for address in addresses(get_resolver().url_patterns)
        if "admin/" not in address and re.search(r"<", harmless.sub("", address))
    }
    assert len(secret_paths) >= 4  # invitation, its refusal, confirmation, reset
    for address in secret_paths:
        filled = "/" + re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>", SECRET, address).replace("^", "").replace(
            "$", ""
        )
        assert SECRET in filled
        assert SECRET not in without_secrets(filled), address


def test_addresses_in_lines_lose_their_secrets_and_keep_the_rest() -> None:
    one = uuid4()
    assert (
        without_secrets(f"Not Found: /chat/invitations/{SECRET}:x/decline/")
        == "Not Found: /chat/invitations/…/decline/"
    )
    assert without_secrets(f"/invitations/{one}/revoke/") == f"/invitations/{one}/revoke/"
    assert SECRET not in without_secrets(f"/invitations/{one}:{SECRET}/")
    assert (
        without_secrets(f"<WebRequest uri=/switch/?q={SECRET}&n=1 HTTP/1.1>")
        == "<WebRequest uri=/switch/?… HTTP/1.1>"
    )
    assert without_secrets(f"why? /a?{SECRET} b?/c?q={SECRET} d?") == "why? /a?… b?/c?… d?"


@pytest.mark.parametrize("piece", ["/", "/a", "/invitations/", "/?", "/password/reset/key/"])
async def test_the_longest_address_is_written_down_in_no_time(log: io.StringIO, piece: str) -> None:
    """Everybody waits meanwhile: the event loop writes these lines, and regular expressions block all threads."""
    began = time.process_time()
    await asked(piece * (16_000 // len(piece)))  # the longest line that a server accepts
    assert time.process_time() - began < 0.2
    assert len([line for line in lines(log) if line["logger"] == "hypertalk.access"]) == 1


@pytest.mark.parametrize("formatter", [Text(), Json()])
def test_an_error_is_one_line_with_its_frames_and_without_its_words(formatter: logging.Formatter) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as problem:
            raise RuntimeError(f"while reading {SECRET}\nsecond line {SECRET}") from problem
    except RuntimeError as error:
        record = logging.LogRecord(
            "x",
            logging.ERROR,
            __file__,
            1,
            "Exception inside application: %s",
            (error,),
            (type(error), error, None),
        )
        record.body = record.request = SECRET
        line = formatter.format(record)
        again = logging.LogRecord(
            "x", 40, "", 1, f"failed ({error})\nmore {SECRET}", (), (type(error), error, None)
        )
        assert SECRET not in formatter.format(again)
    assert SECRET not in line
    assert "\n" not in line
    assert "Exception inside application: RuntimeError" in line
    assert "ValueError" in line
    assert "tests/hypertalk/test_logs.py" in line


def test_what_speaks_of_the_machinery_is_repeated() -> None:
    assert describe(ConnectionRefusedError(111, "Connection refused")) == (
        "ConnectionRefusedError ([Errno 111] Connection refused)"
    )
    assert describe(OperationalError("connection to server failed\nDETAIL: x")) == (
        "OperationalError (connection to server failed)"
    )
    assert describe(KeyError(SECRET)) == "KeyError"


@pytest.mark.django_db
def test_a_refused_row_is_told_by_its_constraint() -> None:
    with pytest.raises(IntegrityError) as refused, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE once (word varchar(40) CONSTRAINT only_once UNIQUE)")
        for _ in range(2):
            cursor.execute("INSERT INTO once VALUES (%s)", [SECRET])
    told = describe(refused.value)
    assert SECRET not in told
    if isinstance(refused.value.__cause__, psycopg.Error):
        assert told == "IntegrityError 23505 only_once"


def test_a_record_that_cannot_be_formatted_is_still_a_line() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 1, "%d of", (SECRET,), None)
    assert json.loads(Json().format(record))["message"] == "%d of"
