"""Rate limits, counted in the cache: in Redis across all processes, otherwise in this process.

A process reserves a tenth of a limit at a time, so Redis is asked for one post in three, not for each. What it reserved
and did not use by the end of the window is lost: a person who posts through many processes at once is limited a little
early. If the cache does not respond, each process counts on its own.
"""

import logging
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from chat.db.clock import clock
from chat.errors import Limited
from chat.monitoring.counters import counters

SHARES = 10
MAX_SHARES = 10_000
REPEATS = 5  # times the limit of new posts: a page that reconnects may resend many, but not without end
NEIGHBOURS = 64  # bits of an IPv6 network: whoever has one of these networks has all the addresses in it

# Name: (how many, in how many seconds). ``CHAT_LIMITS`` overrides some of them. Counted per person, except connect and
# token (opening an invitation): per address.
LIMITS = {
    "post": (30, 10),
    "search": (60, 60),
    "invite": (60, 3600),
    "report": (20, 3600),
    "picture": (20, 3600),
    "export": (3, 3600),
    "beat": (240, 60),
    "connect": (600, 60),
    "token": (60, 60),
}
_SENTENCES = {
    "post": _("You are sending messages too fast. Wait a moment."),
    "repeat": _("You sent this message too often. Wait a moment."),
}
TOO_OFTEN = _("Too many requests. Wait a moment.")

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Share:
    """What this process reserved of one window: how many in all, and how many of them are left."""

    window: int
    taken: int = 0
    left: int = 0
    over: bool = False  # the limit is used up for this window


_shares: dict[str, Share] = {}


def register_limit(what: str, most: int, seconds: int) -> None:
    """Add the rate limit of a feature, per person."""
    if what in LIMITS:
        raise ValueError(f"a rate limit of this name exists: {what}")
    LIMITS[what] = (most, seconds)


def allow(what: str, who: object) -> None:
    """Count one request of a person's id or an address against ``LIMITS``. Raises Limited above it. May ask the cache."""
    most, seconds = limit(what)
    share = _share(what, who, seconds)
    if share.left <= 0 and not share.over:
        _take(share, f"chat:{what}:{who}:{share.window}", most, seconds)
    _use(share, what, seconds)


def allow_now(what: str, who: object) -> bool:
    """Like ``allow``, without waiting for the cache. Returns False, and counts nothing, if the cache must be asked
    first.
    """
    _, seconds = limit(what)
    share = _share(what, who, seconds)
    if share.left <= 0 and not share.over:
        return False
    _use(share, what, seconds)
    return True


def limit(what: str) -> tuple[int, int]:
    """Returns (how many, in how many seconds)."""
    if what == "repeat":
        most, seconds = limit("post")
        return REPEATS * most, seconds
    return getattr(settings, "CHAT_LIMITS", {}).get(what) or LIMITS[what]


def neighbourhood(address: str) -> str:
    """The unit that is counted as one address. For IPv6, the network that a household gets."""
    try:
        found = ip_address(address)
    except ValueError:  # a Unix socket has no address
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, NEIGHBOURS), strict=False))


def _share(what: str, who: object, seconds: int) -> Share:
    """What this process reserved of the current window. Windows are fixed, not sliding."""
    key, window = f"{what}:{who}", int(clock.seconds() // seconds)
    share = _shares.get(key)
    if share is None or share.window != window:
        if len(_shares) > MAX_SHARES:
            _shares.clear()
        share = _shares[key] = Share(window)
    return share


def _take(share: Share, key: str, most: int, seconds: int) -> None:
    """Reserve another share, or what is left of the limit."""
    wanted = max(1, most // SHARES)
    before = _count(key, wanted, seconds, share.taken + wanted) - wanted
    share.left = max(0, min(wanted, most - before))
    share.taken += share.left
    share.over = not share.left


def _use(share: Share, what: str, seconds: int) -> None:
    if share.over:
        counters.add("limits", what)
        wait = max(1, round((share.window + 1) * seconds - clock.seconds()))
        raise Limited(str(_SENTENCES.get(what, TOO_OFTEN)), wait)
    share.left -= 1


def _count(key: str, by: int, seconds: int, alone: int) -> int:
    """Returns what all processes reserved, including this; ``alone`` if the cache fails.

    ``add`` and ``incr`` are atomic in every cache.
    """
    try:
        return by if cache.add(key, by, timeout=seconds + 1) else cache.incr(key, by)
    except ValueError:  # evicted between the two calls: as good as a new window
        return by
    except Exception:
        # Each cache backend has its own errors. A limit that can't be counted must not stop people from chatting.
        logger.warning("the rate limit cache is down; each process counts alone", exc_info=True)
        return alone


def reset() -> None:
    """Drop what this process reserved."""
    _shares.clear()
