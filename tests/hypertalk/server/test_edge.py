"""Which headers the deployment trusts, which bodies it accepts, and how it starts."""

import contextlib
import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import ConnectionHandler, DatabaseError
from django.test import Client

from hypertalk import env
from hypertalk.database import database
from hypertalk.server.client_address import client_address
from hypertalk.server.edge import BODY_LIMIT, Edge

PROXY = [ip_network("10.0.0.0/8")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "believed"),
    [
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    remote: str, forwarded: str, believed: str
) -> None:
    assert client_address(remote, forwarded, PROXY) == believed
    assert client_address(remote, forwarded, []) == remote


async def through(headers: list[tuple[bytes, bytes]], peer: str) -> tuple[dict[str, Any] | None, list[Any]]:
    """What the application receives, and what the edge answers itself."""
    seen: list[Any] = []
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": headers, "client": [peer, 5], "scheme": "http"}
    await Edge(inside, trusted=PROXY)(scope, None, send)
    return (seen[0] if seen else None), sent


async def test_forged_headers_never_reach_what_is_inside() -> None:
    forged = [
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"evil"),
        (b"host", b"a"),
    ]
    scope, _ = await through(forged, "203.0.113.9")
    assert scope is not None
    assert (scope["client"][0], scope["scheme"], scope["headers"]) == (
        "203.0.113.9",
        "http",
        [(b"host", b"a")],
    )
    scope, _ = await through(forged, "10.0.0.1")
    assert scope is not None
    assert (scope["client"][0], scope["scheme"], scope["headers"]) == ("1.2.3.4", "https", [(b"host", b"a")])


async def test_a_cookie_that_no_database_takes_is_none() -> None:
    cookies = [(b"cookie", rb'sessionid="aaaaaaaa\000bbbb"'), (b"cookie", b"sessionid=cccccccccccc")]
    scope, _ = await through(cookies, "203.0.113.9")
    assert scope is not None
    assert scope["headers"] == [(b"cookie", b"sessionid=cccccccccccc")]


async def test_a_header_that_no_database_takes_is_none() -> None:
    """The User-Agent header is stored with each session."""
    scope, _ = await through([(b"user-agent", b"Fire\0fox"), (b"host", b"a")], "203.0.113.9")
    assert scope is not None
    assert scope["headers"] == [(b"host", b"a")]


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "x", "-1"])
async def test_a_body_that_is_too_large_is_not_even_read(length: str) -> None:
    scope, sent = await through([(b"content-length", length.encode())], "203.0.113.9")
    assert scope is None
    assert sent[0]["status"] == 413


@pytest.mark.django_db
def test_health_needs_neither_host_nor_tls(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECURE_SSL_REDIRECT = True
    ask = lambda: Client(headers={"host": "probe.invalid"}).get("/healthz/")  # noqa: E731
    assert (ask().status_code, ask().json()["status"]) == (200, "ok")
    with monkeypatch.context() as away:
        away.setattr(caches["strict"], "get", lambda key: (_ for _ in ()).throw(ConnectionError()))
        assert (ask().status_code, ask().json()["status"]) == (200, "degraded")

    class Broken:
        def cursor(self) -> Any:
            raise DatabaseError

    monkeypatch.setattr("hypertalk.probes.health.connection", Broken())
    assert (ask().status_code, ask().json()["status"]) == (503, "down")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", ""),
        ("DEBUG", "maybe"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgres://localhost:port/x"),
        ("DATABASE_URL", "postgres://user:hidden-password@localhost"),
        ("DATABASE_POOL_MAX", "0"),
        ("REDIS_URL", "localhost:6379"),
        ("EMAIL_URL", "smtp://"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, everywhere"),
        ("POST_LIMIT", "thirty"),
        ("DRAFT_LIMIT", "120"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(name: str, value: str) -> None:
    clean = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    env = {
        **clean,
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "a.example",
        "DATABASE_URL": "postgres://localhost/talk",
        "DJANGO_SETTINGS_MODULE": "hypertalk.settings",
        name: value,
    }
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert len(done.stderr.strip().splitlines()) == 1
    assert "hidden-password" not in done.stderr


def test_the_environment_sets_the_limits_that_it_names_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of features. Other programs may have variables with this ending."""
    for name, value in {"POST_LIMIT": " 10/1s ", "DRAFT_LIMIT": "5/60s", "MEMORY_LIMIT": "512m"}.items():
        monkeypatch.setenv(name, value)
    limits = env.rates("_LIMIT")
    assert (limits["post"], limits["draft"]) == ((10, 1), (5, 60))
    assert not {"memory", "search"} & limits.keys()
    env.check_rates("_LIMIT", ("post", "draft", "search"))


@pytest.mark.django_db
def test_on_sqlite_what_is_acknowledged_is_on_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'db.sqlite3'}")
    connections = ConnectionHandler({"default": database(tmp_path)})
    with contextlib.closing(connections["default"]) as connection, connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: a commit waits for the disk


def test_production_answers_with_a_strict_policy_and_safe_cookies() -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0);"
        "print(s.SECURE_CSP)"
    )
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "a.example",
        "DJANGO_SETTINGS_MODULE": "hypertalk.settings",
    }
    out = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    ).stdout
    assert out.startswith("True True True True")
    assert "unsafe" not in out
