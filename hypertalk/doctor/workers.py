"""Server processes that are running."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError

from chat.events.publishing import GROUP
from hypertalk.doctor.findings import Finding, Options, ok, warning
from hypertalk.doctor.redis import client, used


def check(_options: Options) -> Iterator[Finding]:
    """Each process subscribes to the channel layer with its first socket."""
    if not used():
        return
    channel = f"{settings.REDIS_PREFIX}__group__{GROUP}"  # as channels_redis names it
    try:
        counted: Any = client().pubsub_numsub(channel)
    except (RedisError, OSError):
        return  # reported by another check
    count = int(counted[0][1])
    if count:
        yield ok(
            "workers.listening",
            f"{count} server process{'es' if count > 1 else ''} are connected to the channel layer.",
        )
    else:
        yield warning(
            "workers.listening",
            "No server process is connected to the channel layer: none runs, or no page was opened since it started.",
            "Start manage.py serve, open a page and run doctor again; REDIS_PREFIX must be the same for all.",
        )
