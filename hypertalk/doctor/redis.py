"""Redis: there, new enough, letting go of what is old when it is full, and carrying messages."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from hypertalk.doctor.findings import PATIENCE, Asked, Finding, failure, ok, warning
from hypertalk.logs.errors import said

LEAST_VERSION = 6


def used() -> bool:
    return bool(settings.REDIS_URL.netloc or settings.REDIS_URL.path)


def client() -> "Redis":
    """Of its own, with short patience. Raises nothing: it connects when it is asked."""
    return Redis.from_url(
        settings.REDIS_URL.geturl(),
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        decode_responses=True,
    )


def check(_asked: Asked) -> Iterator[Finding]:
    if not used():
        yield ok("redis.reachable", "There is no Redis: this place is one process.")
        return
    redis = client()
    try:
        version = str(redis.info("server")["redis_version"])
    except AuthenticationError:
        yield failure("redis.reachable", "Redis wants another password.", "Correct it in REDIS_URL.")
        return
    except (RedisError, OSError) as error:
        yield failure(
            "redis.reachable",
            f"Redis can't be used: {said(error)}.",
            "See that Redis runs, that REDIS_URL has its host, port and password, and that no firewall is between.",
        )
        return
    if int(version.partition(".")[0]) < LEAST_VERSION:
        yield warning("redis.version", f"Redis {version} is old.", f"Use Redis {LEAST_VERSION} or newer.")
    else:
        yield ok("redis.version", f"Redis {version} answers.")
    yield from _memory(redis)
    redis.close()


def _memory(redis: "Redis") -> Iterator[Finding]:
    name = "redis.memory"
    try:
        memory: Any = redis.info("memory")
    except ResponseError:
        yield ok(name, "Redis does not tell about its memory; see to its limits where it is rented.")
        return
    limit, policy = int(memory.get("maxmemory", 0)), str(memory.get("maxmemory_policy", "noeviction"))
    if policy == "noeviction" and limit:
        yield warning(
            name,
            f"Redis refuses to write once its {limit // 1024**2} MB are full (maxmemory-policy noeviction).",
            "Set maxmemory-policy volatile-lru: all that is kept in it may go.",
        )
    elif not limit:
        yield warning(
            name,
            "Redis has no limit of memory, and may take the machine's.",
            "Set maxmemory 256mb and maxmemory-policy volatile-lru.",
        )
    else:
        yield ok(name, f"Redis keeps to {limit // 1024**2} MB, and lets go of what is old ({policy}).")


def check_layer(_asked: Asked) -> Iterator[Finding]:
    """Send a message through the channel layer, as a post goes to other processes, and hear it."""
    if not used() or not _answers():
        return
    sent = {"type": "doctor.echo", "word": uuid4().hex}
    try:
        heard = asyncio.run(_echo(sent))
    except Exception as error:  # noqa: BLE001 - Redis' client raises many kinds
        heard, reason = None, said(error)
    else:
        reason = "another message came"
    if heard == sent:
        yield ok("redis.layer", "Messages go through Redis and come back.")
    else:
        yield failure(
            "redis.layer",
            f"Messages do not come through Redis: {reason}.",
            "Let its user PUBLISH and SUBSCRIBE (ACL), and put no proxy before it that does not know publish and subscribe.",
        )


def _answers() -> bool:
    try:
        return bool(client().ping())
    except (RedisError, OSError):
        return False  # said above


async def _echo(message: dict[str, str]) -> Any:
    layer = get_channel_layer()
    if layer is None:
        return None
    async with asyncio.timeout(PATIENCE):
        channel = await layer.new_channel()
        await layer.send(channel, message)
        return await layer.receive(channel)
