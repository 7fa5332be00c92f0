"""``DATABASE_URL`` as Django's ``DATABASES`` entry: SQLite for one machine, PostgreSQL for many."""

import contextlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from hypertalk import env

# Options of the session that keep the room's lock short; milliseconds. See docs/delivery.md.
POSTGRES_GUARDS = (
    "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000 -c statement_timeout=30000"
)

AWAY_AFTER = 5  # seconds without a connection


def database(base: Path) -> dict[str, Any]:
    """Settings for the default database. ``Any``, because Django types its ``DATABASES`` so."""
    parts = env.url(
        "DATABASE_URL", f"sqlite:///{base / 'var' / 'db.sqlite3'}", {"sqlite", "postgres", "postgresql"}
    )
    if parts.scheme == "sqlite":
        # sqlite:////var/lib/chat.db is an absolute path, sqlite:///chat.db one from the working folder.
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
        # A socket's folder comes as ?host=/run/postgresql, as libpq has it.
        "HOST": extra.pop("host", parts.hostname or ""),
        "PORT": extra.pop("port", str(parts.port or "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **extra,
            "options": POSTGRES_GUARDS,
            # A network that is gone says nothing: not to wait for it as long as TCP does.
            "connect_timeout": 5,
            "tcp_user_timeout": 20_000,  # milliseconds
            "pool": {
                "min_size": env.number("DATABASE_POOL_MIN", 2, most=1000),
                "max_size": env.number("DATABASE_POOL_MAX", 16, least=4, most=1000),
                # One that is away for so long is told of; and it is tried again every second or two for as long as somebody
                # asks, as otherwise a place would come back after an outage only when that much time has passed once more.
                "timeout": AWAY_AFTER,
                "reconnect_timeout": AWAY_AFTER,
            },
        },
    }


def _sqlite(file: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError):  # whoever opens it says more
        file.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            # A write takes its lock when the transaction begins, so that it waits its turn instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            # FULL: what is acknowledged is on the disk, also when the power goes.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000",
        },
    }
