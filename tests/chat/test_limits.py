"""Rate limits: counted in the cache, reserved in shares, and counted without the cache too."""

import asyncio
from typing import Any

import pytest
from django.core.cache import cache

from chat import limits
from chat.errors import Limited
from chat.limits import allow, allow_now, neighbourhood
from chat.live import access, consumer
from chat.live.hub import current_hub
from chat.models import Person
from hypertalk.asgi import application
from hypertalk.server.edge import Edge
from tests.hypertalk.server.test_edge import PROXY
from tests.support.live import stop
from tests.support.visitor import ORIGIN, Visitor, key_of

pytestmark = pytest.mark.cache


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys requested from the cache."""
    keys: list[str] = []
    add = cache.add

    def count(key: str, *args: Any, **kwargs: Any) -> bool:
        keys.append(key)
        return bool(add(key, *args, **kwargs))

    monkeypatch.setattr("chat.limits.cache.add", count)
    return keys


def spent(what: str, who: object) -> int:
    """How many were allowed before the first refusal."""
    for n in range(10_000):
        try:
            allow(what, who)
        except Limited:
            return n
    raise AssertionError("there is no limit")


def test_the_cache_is_asked_ten_times_for_all_of_it_and_not_for_what_is_refused(
    settings, asked: list[str]
) -> None:
    settings.CHAT_LIMITS = {"connect": (600, 60)}
    assert spent("connect", "192.0.2.1") == 600
    for _ in range(100):
        with pytest.raises(Limited):
            allow_now("connect", "192.0.2.1")
    assert len(asked) == 11


def test_what_was_taken_is_counted_without_the_cache(settings, asked: list[str]) -> None:
    settings.CHAT_LIMITS = {"connect": (40, 60)}
    assert not allow_now("connect", "192.0.2.1")
    allow("connect", "192.0.2.1")
    assert [allow_now("connect", "192.0.2.1") for _ in range(4)] == [True, True, True, False]
    assert len(asked) == 1


def test_without_the_cache_each_process_counts_by_itself(
    settings, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    settings.CHAT_LIMITS = {"search": (25, 60)}

    def away(*_: object, **__: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr("chat.limits.cache.add", away)
    assert spent("search", 1) == 25
    assert spent("search", 2) == 25
    assert "each process counts alone" in caplog.text
    limits.reset()
    assert spent("search", 1) == 25


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_an_ipv6_network_is_one_address(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


class Knocking:
    """Handshakes of one person, through the deployment's edge."""

    def __init__(self, key: str, *, trusted: list[Any]) -> None:
        self.key = key
        self.edge = Edge(application.application, trusted=trusted)

    async def visit(self, peer: str, forwarded: str = "") -> int | None:
        """The close code; None if it was accepted."""
        via = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
        socket = Visitor(self.key, headers=[ORIGIN, *via], at=self.edge)
        socket.scope["client"] = [peer, 1]
        assert (await socket.connect())[0]
        output = await socket.receive_output()
        code = output.get("code") if output["type"] == "websocket.close" else None
        await socket.disconnect()
        return code


@pytest.fixture
async def knocking(transactional_db: None, alice: Person, settings) -> Any:
    settings.CHAT_LIMITS = {"connect": (3, 60)}
    key = await key_of(alice)
    yield lambda trusted: Knocking(key, trusted=trusted)
    await stop(current_hub())


async def test_an_address_that_knocks_too_often_is_to_come_back_later_and_the_database_is_not_asked(
    knocking, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_door = knocking([])
    assert [await at_the_door.visit("192.0.2.1") for _ in range(3)] == [None] * 3
    asked = []
    monkeypatch.setattr(access, "authenticate", asked.append)
    assert await at_the_door.visit("192.0.2.1") == 4013  # not final: the page retries ever more slowly
    assert not asked


@pytest.mark.parametrize(
    ("trusted", "peer", "counted_together"), [([], "192.0.2.1", True), (PROXY, "10.0.0.1", False)]
)
async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    knocking, trusted: list[Any], peer: str, counted_together: bool
) -> None:
    at_the_door = knocking(trusted)
    codes = [await at_the_door.visit(peer, f"203.0.113.{n}") for n in range(4)]
    assert codes == ([None] * 3 + [4013] if counted_together else [None] * 4)
    if not counted_together:  # entries before the proxy's own are not trusted
        codes = [await at_the_door.visit(peer, f"198.51.100.{n}, 203.0.113.9") for n in range(4)]
        assert codes == [None] * 3 + [4013]


async def test_a_cache_that_takes_its_time_holds_up_nobody_else(
    knocking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is asked off the event loop, and separately from other queries."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(what: str, who: object) -> None:
        if who == "192.0.2.1":
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(10)

    monkeypatch.setattr(consumer, "allow", slow)
    at_the_door = knocking([])
    monkeypatch.setattr(consumer, "allow_now", lambda what, who: who == "192.0.2.2")
    first = asyncio.create_task(at_the_door.visit("192.0.2.1"))
    await begun.wait()
    assert await at_the_door.visit("192.0.2.2") is None
    go_on.set()
    assert await first is None
