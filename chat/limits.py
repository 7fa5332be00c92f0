"""How often somebody may do something, counted in the cache: in Redis for all processes, else in this one."""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from chat.errors import Limited
from chat.models import Person

logger = logging.getLogger(__name__)


def allow_post(person: Person) -> None:
    """Count one post. Raises ``Limited`` past ``CHAT_POST_LIMIT`` = (how many, in how many seconds)."""
    most, seconds = settings.CHAT_POST_LIMIT
    wait = _hit(f"chat:post:{person.pk}", most, seconds)
    if wait:
        raise Limited(_("You are writing faster than the room can read. It goes on in a moment."), wait)


def _hit(key: str, most: int, seconds: int) -> int:
    """Seconds to wait, 0 if within the limit. A fixed window: ``add`` and ``incr`` are atomic in every cache."""
    now = time.time()
    window = int(now // seconds)
    key = f"{key}:{window}"
    try:
        if cache.add(key, 1, timeout=seconds + 1):
            return 0
        count = cache.incr(key)
    except ValueError:  # evicted between the two: a new window, as good as
        return 0
    except Exception:
        # Each cache has its own errors; a limit that can't be counted must not stop people from talking.
        logger.warning("the cache does not count; posting goes on without its limit", exc_info=True)
        return 0
    return 0 if count <= most else max(1, round((window + 1) * seconds - now))
