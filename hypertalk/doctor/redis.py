"""Redis: reachable, new enough, evicting old keys when it is full, and delivering messages."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError, ResponseError

from hypertalk.doctor.findings import PATIENCE, Finding, Options, failure, ok, warning
from hypertalk.logs.errors import describe

LEAST_VERSION = 6


def used() -> bool:
    return bool(settings.REDIS_URL.netloc or settings.REDIS_URL.path)


def client() -> "Redis":
    """A client of its own, with a short timeout. Raises nothing: it connects with the first command."""
    return Redis.from_url(
        settings.REDIS_URL.geturl(),
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        decode_responses=True,
    )


def check(_options: Options) -> Iterator[Finding]:
    if not used():
        yield ok("redis.reachable", "Redis is not used: this workspace runs as one process.")
        return
    redis = client()
    try:
        version = str(redis.info("server")["redis_version"])
    except AuthenticationError:
        yield failure("redis.reachable", "Redis refuses the password.", "Correct it in REDIS_URL.")
        return
    except (RedisError, OSError) as error:
        yield failure(
            "redis.reachable",
            f"Redis can't be used: {describe(error)}.",
            "Check that Redis runs, that REDIS_URL has its host, port and password, and that no firewall blocks it.",
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
        yield ok(name, "Redis does not report its memory; check the limits with your provider.")
        return
    limit, policy = int(memory.get("maxmemory", 0)), str(memory.get("maxmemory_policy", "noeviction"))
    if policy == "noeviction" and limit:
        yield warning(
            name,
            f"Redis will refuse writes when its {limit // 1024**2} MB are full (maxmemory-policy noeviction).",
            "Set maxmemory-policy volatile-lru: everything in Redis can be evicted.",
        )
    elif not limit:
        yield warning(
            name,
            "Redis has no memory limit and could use all of the machine's memory.",
            "Set maxmemory 256mb and maxmemory-policy volatile-lru.",
        )
    else:
        yield ok(name, f"Redis is limited to {limit // 1024**2} MB and evicts old entries ({policy}).")


def check_layer(_options: Options) -> Iterator[Finding]:
    """Send a message through the channel layer, as posts go to other processes, and receive it."""
    if not used() or not _answers():
        return
    sent = {"type": "doctor.echo", "word": uuid4().hex}
    try:
        heard = asyncio.run(_echo(sent))
    except Exception as error:  # noqa: BLE001 - Redis' client raises many kinds
        heard, reason = None, describe(error)
    else:
        reason = "a different message arrived"
    if heard == sent:
        yield ok("redis.layer", "Messages pass through Redis.")
    else:
        yield failure(
            "redis.layer",
            f"Messages do not pass through Redis: {reason}.",
            "Allow its user PUBLISH and SUBSCRIBE (ACL), and use no proxy in front of it without publish and subscribe.",
        )


def _answers() -> bool:
    try:
        return bool(client().ping())
    except (RedisError, OSError):
        return False  # reported by the check above


async def _echo(message: dict[str, str]) -> Any:
    layer = get_channel_layer()
    if layer is None:
        return None
    async with asyncio.timeout(PATIENCE):
        channel = await layer.new_channel()
        await layer.send(channel, message)
        return await layer.receive(channel)
