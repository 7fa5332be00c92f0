"""A run: the seed decides the steps, and all chance in each. The same seed gives the same run everywhere."""

import asyncio
import random
from collections.abc import Callable, Collection
from typing import Self

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, transaction

from tests.model.backup import make_backup, restore
from tests.model.comparing import compare, heal
from tests.model.stage import Stage
from tests.model.world import World

STEPS = 18


class Run:
    """One thread, one order. Everything a run wrote is rolled back afterwards."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.world = stage.new_world(seed)
        self.runner = asyncio.Runner(loop_factory=self.loop)
        self.undone = transaction.atomic()
        self.undone.__enter__()
        connection = connections["default"]
        with connection.cursor() as cursor:  # sequences of PostgreSQL don't roll back with a run
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)

        def begin(world: World) -> None:
            # The thread of an event loop would open its own connection, outside the transaction.
            connections["default"] = connection
            world.begin()

        self.let(seed, begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """If no step failed, the run must also end well."""
        try:
            if error is None:
                self.let(0, heal)
                compare(self.world)
        finally:
            for process in self.world.processes:
                self.runner.run(process.end())
            self.runner.close()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def loop(self) -> asyncio.AbstractEventLoop:
        """An event loop on the run's clock: whatever waits for a second waits for a step that advances it."""
        loop = asyncio.SelectorEventLoop()
        loop.time = self.world.clock.monotonic  # type: ignore[method-assign]
        return loop

    def let(self, seed: int, happen: Callable[[World], object]) -> None:
        """Do something, and everything that follows from it at once."""

        async def go() -> None:
            self.world.chance = random.Random(seed)
            happening = happen(self.world)
            if asyncio.iscoroutine(happening):
                await happening
            await self.world.settle()

        self.runner.run(go())
        assert not self.world.broken, self.world.broken


async def come(world: World) -> None:
    for client in world.clients:
        if world.chance.random() < 0.8:
            await client.open(world.chance.choice(world.rooms))


async def go_on(world: World) -> None:
    """The scheduler: people act, messages travel, pages request and send, in an order that the seed decides."""
    for _ in range(10):
        client = world.chance.choice(world.clients)
        what = world.chance.choices(
            ["act", "write", "carry", "hear", "ask", "send", "late"], [20, 8, 22, 24, 20, 18, 2]
        )
        match what[0]:
            case "act":
                world.act()
            case "write":
                client.write()
            case "carry":
                await world.from_layer()
            case "hear":
                world.to_page(client)
            case "ask":
                client.ask_on()
            case "send" if client.is_open and not client.asleep:
                client.send_on()
            case "late":
                world.late_post()
        if client.connects or client.code is not None:
            await client.come_again()
        await world.settle()


async def come_and_go(world: World) -> None:
    client = world.chance.choice(world.clients)
    what = world.chance.random()
    if not client.is_open or what < 0.3:
        await client.open(world.chance.choice(world.rooms))
    elif client.asleep or what < 0.45:
        await client.sleep_or_wake()
    elif what < 0.65:
        client.switch(world.chance.choice(world.rooms))
    elif what < 0.75:
        client.close()
    else:
        await client.come_again()


async def look(world: World) -> None:
    """A person reads; failed messages are retried or discarded."""
    for client in world.clients:
        if client.is_open and not client.asleep and world.chance.random() < 0.4:
            client.read()
            client.burst()
            world.chance.choice([client.try_again, client.give_up, lambda: None])()


async def pass_by(world: World) -> None:
    """Time passes: a second, a beat's interval, or a day."""
    what = world.chance.random()
    world.clock.seconds += 15 if what < 0.8 else 86400
    if what < 0.2:
        await world.restart()
    else:
        for process in world.processes:
            await process.hub.beat()


def back_up(world: World) -> None:
    if world.backup is None or world.chance.random() < 0.4:
        make_backup(world)
    else:
        restore(world)


KINDS = {go_on: 60, come_and_go: 16, look: 10, pass_by: 14, back_up: 5}


def steps_of(seed: int) -> list[tuple[Callable[[World], object], int]]:
    chance = random.Random(seed)
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=STEPS)
    return [(come, chance.getrandbits(32)), *((kind, chance.getrandbits(32)) for kind in kinds)]


def play(stage: Stage, seed: int, keep: Collection[int] | None = None) -> list[str]:
    """Returns the log of what happened, line by line. Raises AssertionError with the same as its ``log``.

    ``keep``: play only these steps, counted from 0; the rest is still a run.
    """
    run = Run(stage, seed)
    try:
        with run:
            for number, (happen, chance) in enumerate(steps_of(seed)):
                if keep is None or number in keep:
                    run.world.note(f"step {number}: {happen.__name__}")
                    run.let(chance, happen)
    except Exception as error:
        error.log = run.world.log  # type: ignore[attr-defined]
        raise
    return run.world.log
