"""Rows that every request needs and that rarely change, in the cache shared by all processes: sessions and users.

A change invalidates them everywhere at once: the key in the cache is set to a marker, for longer than a process takes
between reading a row and caching it. So a process that read the row before the change can't cache the old value. This
works for rows that are saved or deleted through models; other writes (``QuerySet.update``) must call ``invalidate``.

Without Redis nothing is cached: a command in another process could not invalidate this one's cache.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import batched
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils.connection import ConnectionProxy

CHANGED, CHANGED_SECONDS = "changed", 35  # more than the longest statement timeout

logger = logging.getLogger(__name__)
cache = ConnectionProxy(caches, "strict")  # raises if it is down

# Keys whose marker could not be written -> until when the cache is ignored for them.
_unmarked: dict[str, float] = {}


def cached_row[T](model: type[models.Model], key: object, read: Callable[[], T | None]) -> T | None:
    """Return ``read``'s value for the row with this primary key, from the cache or by calling it."""
    if not settings.ROW_CACHE_SECONDS:
        return read()
    cache_key = _key(model, key)
    if _unmarked:
        _mark_late()
        if cache_key in _unmarked:
            return read()
    found = _cached(cache.get, cache_key)
    if found is not None and found != CHANGED:
        return found  # type: ignore[no-any-return]
    value = read()
    if found is None and value is not None:
        _cached(cache.add, cache_key, value, settings.ROW_CACHE_SECONDS)
    return value


def invalidate(model: type[models.Model], key: object) -> None:
    """Invalidate a changed or deleted row, now and again after the commit: until then others read the old row."""
    cache_key = _key(model, key)
    _invalidate(cache_key)
    transaction.on_commit(partial(_invalidate, cache_key), robust=True)


def invalidate_all(model: type[models.Model], keys: Sequence[object]) -> None:
    """Invalidate many rows that all change. If the cache is down, its entries expire by themselves."""
    cache_keys = [_key(model, key) for key in keys]

    def mark() -> None:
        for some in batched(cache_keys, 1000, strict=False):
            _cached(cache.set_many, dict.fromkeys(some, CHANGED), CHANGED_SECONDS)

    mark()
    transaction.on_commit(mark)


def invalidate_when_changed(
    model: type[models.Model], *, by: str = "pk", of: type[models.Model] | None = None
) -> None:
    """Connect the signals of a cached model. ``of``: another model whose cached rows contain this one, found by ``by``."""

    def changed(instance: models.Model, **_: Any) -> None:
        invalidate(of or model, getattr(instance, by))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False)


def _invalidate(key: str) -> None:
    if not settings.ROW_CACHE_SECONDS:
        return
    try:
        cache.set(key, CHANGED, CHANGED_SECONDS)
    except Exception:  # noqa: BLE001 - each cache has its own errors
        # A full Redis refuses the marker but still deletes. If that fails too, this process reads the database, and
        # others use the old value until the marker is written or the entry expires after ROW_CACHE_SECONDS.
        _unmarked[key] = time.monotonic() + settings.ROW_CACHE_SECONDS
        _cached(cache.delete, key)


def _cached(do: Callable[..., Any], *args: object) -> Any:
    """Return ``CHANGED`` if the cache is down: its content is then unknown, and nothing can be cached."""
    try:
        return do(*args)
    except Exception:  # each cache has its own errors
        logger.debug("the cache does not respond", exc_info=True)  # the cache logs the outage itself
        return CHANGED


def _mark_late() -> None:
    """Write missing markers as soon as the cache works again, so that others stop using old values."""
    now = time.monotonic()
    for key, until in list(_unmarked.items()):  # other threads change it meanwhile
        if until < now:
            _unmarked.pop(key, None)
    for key in list(_unmarked):
        try:
            cache.get(key)  # fails at once if the cache is down, where set would wait
            cache.set(key, CHANGED, CHANGED_SECONDS)
        except Exception:  # noqa: BLE001 - each cache has its own errors
            return
        _unmarked.pop(key, None)


def _key(model: type[models.Model], key: object) -> str:
    """Hashed: a session key grants access, and belongs in the database only."""
    return f"{model._meta.label}:{hashlib.sha256(str(key).encode()).hexdigest()}"  # noqa: SLF001 - documented
