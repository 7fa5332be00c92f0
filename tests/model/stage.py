"""The environment of runs: everything except the chat's own rules is replaced, and so is all chance except the
seed. No clock, thread, channel layer or random number of the system.
"""

import asyncio
import os
import random
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from chat import actions
from chat.actions import after_restore, posting
from chat.db import sql
from chat.events import publishing
from chat.live import access, subscribers
from chat.models import Person
from chat.queries import catching_up, core_row_kinds
from hypertalk.backups import restoring
from tests.model.clock import Clock, strftime
from tests.model.world import World
from tests.support.live import credentials

NAMES = ("Alice", "Bob", "Charlie", "Dora")


class Stage:
    """Four people who stay from run to run; everything else disappears when a run ends."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.bits = random.Random(0)  # for ids that the product creates
        self.people = [_person(name) for name in NAMES]
        self.came_by = {person.pk: credentials(person) for person in self.people}
        self.world: World

    def new_world(self, seed: int) -> World:
        self.clock.seconds = 0
        self.bits.seed(seed)
        self.world = World(self.people, dict(self.came_by), self.clock)
        return self.world

    async def ask(self, question: Any, *args: Any) -> Any:
        """Replaces a thread: other things happen before and after the database is read."""
        await asyncio.sleep(0)
        answer = question(*args)
        self.world.maybe_act()  # the result may be outdated when it arrives
        await asyncio.sleep(0)
        return answer


def _person(name: str) -> Person:
    user = get_user_model()._default_manager.create_user(f"{name.lower()}@example.com", "talk-to-me")
    return actions.ensure_person(user, name)


@contextmanager
def a_stage() -> Iterator[Stage]:
    """Needs a database without people."""
    clock = Clock()
    with ExitStack() as taken:
        put = taken.enter_context

        def instead(of: Any, name: str, other: Any) -> None:
            put(patch.object(of, name, other))

        instead(timezone, "now", clock.now)
        put(patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}))
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            own = connection.connection.create_function
            own("strftime", 2, strftime(clock.now))
            # It can't be restored, so from then on it returns the real time.
            taken.callback(own, "strftime", 2, strftime(lambda: datetime.now(UTC)))
        elif connection.vendor == "postgresql":
            moment = lambda *_, **__: f"CAST('{clock.now().isoformat()}' AS timestamptz)"  # noqa: E731
            instead(Now, "as_postgresql", lambda *_, **__: (moment(), ()))
            instead(sql, "clock", moment)
        stage = Stage()
        stage.clock = clock
        instead(access, "ask", stage.ask)
        instead(publishing, "_send", lambda events: stage.world.told(events))  # noqa: PLW0108 - the world of the run
        instead(
            publishing, "transaction", SimpleNamespace(on_commit=lambda f, **_: stage.world.commits.append(f))
        )
        instead(posting, "allow", lambda *_: None)
        instead(actions.invitations.limits, "allow", lambda *_: None)
        instead(subscribers, "time", SimpleNamespace(monotonic=clock.monotonic))
        instead(after_restore, "time", SimpleNamespace(time_ns=clock.time_ns))
        instead(restoring, "secrets", SimpleNamespace(randbelow=stage.bits.randrange))
        instead(uuid, "os", SimpleNamespace(urandom=stage.bits.randbytes))
        # Small pages and short waits, so that every rule is reached within a few dozen steps.
        instead(catching_up, "PAGE", 4)
        instead(catching_up, "TOO_FAR", 12)
        instead(core_row_kinds, "WINDOW", 4)
        yield stage
