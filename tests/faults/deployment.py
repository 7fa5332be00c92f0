"""A workspace of which every connection can be broken: Daphnes, PostgreSQL, Redis, and a proxy on each connection."""

import os
from pathlib import Path

from tests.faults.proxy import Network, Proxy
from tests.support.services import Daphne, Postgres, Redis, manage

SETTINGS = "tests.faults.settings"


class Front:
    """One Daphne. ``proxy`` is the proxy in front of it, with ``url``; ``database`` and ``redis`` are those behind it."""

    def __init__(self, deployment: "Deployment", folder: Path, **env: str) -> None:
        network = deployment.network
        self.database = Proxy(network, deployment.postgres.socket)
        self.redis = Proxy(network, deployment.redis.port)
        self.daphne = Daphne(
            folder,
            **{
                "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.database.port}/{deployment.name}?sslmode=disable",
                "REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
                "DJANGO_SETTINGS_MODULE": SETTINGS,
                "POST_LIMIT": "100000/1s",
                "CONNECT_LIMIT": "100000/1s",
            }
            | env,
        )
        self.proxy = Proxy(network, self.daphne.port)
        self.url = f"http://127.0.0.1:{self.proxy.port}"

    def stop(self) -> None:
        self.mend()
        self.daphne.stop()
        for proxy in self.proxies:
            proxy.stop()

    @property
    def proxies(self) -> tuple[Proxy, Proxy, Proxy]:
        return self.proxy, self.database, self.redis

    def mend(self) -> None:
        """Repair everything."""
        for proxy in self.proxies:
            proxy.delay, proxy.lose = 0, None
            proxy.up()
            proxy.flow()


class Deployment:
    """``fronts``: that many Daphnes on one database and one Redis."""

    def __init__(self, folder: Path, fronts: int) -> None:
        self.network, self.postgres, self.redis = Network(), Postgres(), Redis()
        # A server that may lose committed data would break the promise. (The disk itself is not switched off here.)
        self.postgres.psql("ALTER SYSTEM SET synchronous_commit = on;")
        self.postgres.psql("SELECT pg_reload_conf();")
        self.name = "faults"
        self.url = self.postgres.create(self.name)
        self._env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DATABASE_URL": self.url,
            "REDIS_URL": self.redis.url,
        }
        self.manage("migrate", "--verbosity", "0")
        self.fronts = [Front(self, folder) for _ in range(fronts)]

    def manage(self, *command: str, **env: str) -> str:
        """Run manage.py on the same database and Redis, over connections without faults; ``env`` is added."""
        return manage(self._env | env, *command)

    def stop(self) -> None:
        for front in self.fronts:
            front.stop()
        self.network.stop()
        self.redis.stop()
        self.postgres.stop()
