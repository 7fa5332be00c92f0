"""``DATABASE_URL`` as Django's ``DATABASES`` entry: SQLite for one machine, PostgreSQL for many."""

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from hypertalk import env

# Timeouts in milliseconds that limit how long a room's lock is held. See docs/delivery.md.
POSTGRES_GUARDS = (
    "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000 -c statement_timeout=30000"
)

AWAY_AFTER = 5  # seconds to wait for a connection


def database(base: Path) -> dict[str, Any]:
    """Settings of the default database. The values are ``Any``, as in Django's types."""
    parts = env.url(
        "DATABASE_URL", f"sqlite:///{base / 'var' / 'db.sqlite3'}", {"sqlite", "postgres", "postgresql"}
    )
    if parts.scheme == "sqlite":
        # sqlite:////var/lib/chat.db is an absolute path, sqlite:///chat.db is relative to the working directory.
        return _sqlite(Path(unquote(parts.path).removeprefix("/") or "db.sqlite3"))
    name = unquote(parts.path).strip("/")
    if not name:
        raise env.WrongSetting("DATABASE_URL", "names no database: it must end in /name.")
    extra = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # The directory of a Unix socket is given as ?host=/run/postgresql, as in libpq.
        "HOST": extra.pop("host", parts.hostname or ""),
        "PORT": extra.pop("port", str(parts.port or "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **extra,
            "options": POSTGRES_GUARDS,
            # A lost network sends no error: don't wait for it as long as TCP does.
            "connect_timeout": 5,
            "tcp_user_timeout": 20_000,  # milliseconds
            "pool": {
                "min_size": env.number("DATABASE_POOL_MIN", 2, most=1000),
                "max_size": env.number("DATABASE_POOL_MAX", 16, least=4, most=1000),
                # After this time a missing connection is an error, and the pool stops its attempts to reconnect until the
                # next request. With a longer time, the growing waits between attempts would delay the recovery.
                "timeout": AWAY_AFTER,
                "reconnect_timeout": AWAY_AFTER,
            },
        },
    }


def _sqlite(file: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError):  # opening the file reports the error better
        file.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            # A write transaction takes its lock at the beginning, so that it waits instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            # FULL: committed data survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000",
        },
    }
