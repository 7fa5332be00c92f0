"""How often somebody may do something, counted in the cache: in Redis for all processes, else in this one.

A process takes a tenth of what is allowed at a time, so that Redis is asked for one post in three, not for each.
What it took and did not use by the end of the window is lost: who talks through many processes at once is limited a
little early.
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from chat.errors import Limited

SHARES = 10
SHARES_KEPT = 10_000
REPEATS = 5  # times as often as new posts: a page that comes back may send many again, but not without end

# What is counted: how many, in how many seconds. ``CHAT_LIMITS`` says it otherwise. By person, but for connect and token
# (opening an invitation): by address.
LIMITS = {
    "post": (30, 10),
    "search": (60, 60),
    "invite": (60, 3600),
    "report": (20, 3600),
    "connect": (600, 60),
    "token": (60, 60),
}
_SENTENCES = {
    "post": _("You are writing faster than the room can read. It goes on in a moment."),
    "repeat": _("This was sent many times already. It goes on in a moment."),
}
_TOO_OFTEN = _("That was a lot in a short time. It goes on in a moment.")

logger = logging.getLogger(__name__)

_shares: dict[str, tuple[int, int]] = {}  # key -> (window, how many are left of what was taken)


def allow(what: str, who: object) -> None:
    """Count one of ``LIMITS`` for a person's id or an address. Raises ``Limited`` past it."""
    most, seconds = limit(what)
    wait = _hit(f"chat:{what}:{who}", most, seconds)
    if wait:
        raise Limited(str(_SENTENCES.get(what, _TOO_OFTEN)), wait)


def limit(what: str) -> tuple[int, int]:
    """How many, in how many seconds."""
    if what == "repeat":
        most, seconds = limit("post")
        return REPEATS * most, seconds
    return getattr(settings, "CHAT_LIMITS", {}).get(what) or LIMITS[what]


def _hit(key: str, most: int, seconds: int) -> int:
    """Seconds to wait, 0 if within the limit. A fixed window."""
    now = time.time()
    window = int(now // seconds)
    of, left = _shares.get(key, (window, 0))
    if of != window or not left:
        share = max(1, most // SHARES)
        before = _count(f"{key}:{window}", share, seconds) - share
        left = min(share, most - before)
        if left <= 0:
            return max(1, round((window + 1) * seconds - now))
    if len(_shares) > SHARES_KEPT:
        _shares.clear()
    _shares[key] = (window, left - 1)
    return 0


def _count(key: str, by: int, seconds: int) -> int:
    """What all processes took, this included. ``add`` and ``incr`` are atomic in every cache."""
    try:
        return by if cache.add(key, by, timeout=seconds + 1) else cache.incr(key, by)
    except ValueError:  # evicted between the two: a new window, as good as
        return by
    except Exception:
        # Each cache has its own errors; a limit that can't be counted must not stop people from talking.
        logger.warning("the cache does not count; posting goes on without its limit", exc_info=True)
        return by


def forget() -> None:
    """Give up what this process took."""
    _shares.clear()
