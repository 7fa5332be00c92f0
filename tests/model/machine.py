"""The state machine: Hypothesis decides what happens next, and seeds what is left to chance in it."""

import asyncio
import random
import sys
from collections.abc import Callable

from django.db import connections, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.world import World

seeds = st.integers(0, 2**16)


class Network(RuleBasedStateMachine):
    """People act, messages travel or are lost, pages ask and are answered, in any order; in the end all must be well.

    One thread and one order: no channel layer, no thread pool, no clock. What a run wrote is rolled back after it.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.runner = asyncio.Runner()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        connection = connections["default"]

        def begin(world: World) -> None:
            # A loop would open a connection of its own, outside the test's transaction.
            connections["default"] = connection
            world.begin()

        self.let(0, begin)

    def let(self, seed: int, happen: Callable[[World], object]) -> None:
        """Let something happen, and what follows from it at once."""

        async def go() -> None:
            self.world.chance = random.Random(seed)
            happening = happen(self.world)
            if asyncio.iscoroutine(happening):
                await happening
            await self.world.settle()

        self.runner.run(go())
        assert not self.world.broken, self.world.broken

    @initialize(seed=seeds)
    def people_come(self, seed: int) -> None:
        async def come(world: World) -> None:
            for client in world.clients:
                if world.chance.random() < 0.7:
                    await client.open()

        self.let(seed, come)

    @rule(seed=seeds)
    def things_go_on(self, seed: int) -> None:
        """The scheduler: people act, messages travel, pages ask, in an order that only the seed knows."""

        async def go_on(world: World) -> None:
            for _ in range(8):
                client = world.chance.choice(world.clients)
                what = world.chance.choices(["act", "carry", "hear", "ask"], [30, 25, 30, 25])[0]
                if what == "act":
                    world.act()
                elif what == "carry":
                    await world.from_layer()
                elif what == "hear":
                    world.to_page(client)
                else:
                    client.ask_on()
                await world.settle()

        self.let(seed, go_on)

    @rule(seed=seeds)
    def somebody_comes_sleeps_or_comes_again(self, seed: int) -> None:
        async def come(world: World) -> None:
            client = world.chance.choice(world.clients)
            if client.page is None:
                await client.open()
            elif client.asleep or world.chance.random() < 0.5:
                await client.sleep_or_wake()
            else:
                await client.connect()

        self.let(seed, come)

    @rule(seed=seeds)
    def time_passes(self, seed: int) -> None:
        async def pass_by(world: World) -> None:
            await (world.restart() if world.chance.random() < 0.25 else world.hub.beat())

        self.let(seed, pass_by)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else the run has its failure already
                self.let(0, World.heal)
                self.world.compare()
        finally:
            self.runner.run(self.world.retire(self.world.hub))
            self.runner.close()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
