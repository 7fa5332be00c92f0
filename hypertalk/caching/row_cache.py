"""What every request needs and what changes about never, kept in the cache that all processes share: sessions and users.

A change makes them all forget at once: the key in the cache is taken by a mark for longer than anybody takes from
reading a row to keeping it, so that who read it before the change can't put the old one back. It holds for
what is saved or deleted through the models; whatever writes past them (``QuerySet.update``) must call ``forget``.

Without Redis nothing is kept: a command in another process could not make this one forget.
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

CHANGED, CHANGED_SECONDS = "changed", 35  # more than the longest a statement may take

logger = logging.getLogger(__name__)
cache = ConnectionProxy(caches, "strict")  # it says so when nothing is known

# Keys whose mark the cache did not take -> until when they are not believed.
_unmarked: dict[str, float] = {}


def cached_row[T](model: type[models.Model], key: object, read: Callable[[], T | None]) -> T | None:
    """What ``read`` makes of the row with this primary key, from the cache or else by reading."""
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
    """A row is another, or gone: now, and once more after the commit, since others read what was before until then."""
    cache_key = _key(model, key)
    _invalidate(cache_key)
    transaction.on_commit(partial(_invalidate, cache_key), robust=True)


def invalidate_all(model: type[models.Model], keys: Sequence[object]) -> None:
    """The same for many rows, all of which are to be others. Without the cache what it kept ends by itself."""
    cache_keys = [_key(model, key) for key in keys]

    def mark() -> None:
        for some in batched(cache_keys, 1000, strict=False):
            _cached(cache.set_many, dict.fromkeys(some, CHANGED), CHANGED_SECONDS)

    mark()
    transaction.on_commit(mark)


def invalidate_when_changed(
    model: type[models.Model], *, by: str = "pk", of: type[models.Model] | None = None
) -> None:
    """Connect the signals of a model whose rows are remembered, or remembered with those ``of`` another, found ``by``."""

    def changed(instance: models.Model, **_: Any) -> None:
        invalidate(of or model, getattr(instance, by))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False)


def _invalidate(key: str) -> None:
    if not settings.ROW_CACHE_SECONDS:
        return
    try:
        cache.set(key, CHANGED, CHANGED_SECONDS)
    except Exception:  # noqa: BLE001 - as below
        # A Redis that is full takes no marks, and still lets go of what it has. Else this process asks for itself, and
        # others go by what is kept until the mark gets there, or what is kept ends, after REMEMBERED_SECONDS.
        _unmarked[key] = time.monotonic() + settings.ROW_CACHE_SECONDS
        _cached(cache.delete, key)


def _cached(do: Callable[..., Any], *args: object) -> Any:
    """``CHANGED`` if the cache does not respond: then nothing is known, and nothing can be kept."""
    try:
        return do(*args)
    except Exception:  # each cache has its own errors
        logger.debug("the cache does not respond", exc_info=True)  # which it says itself
        return CHANGED


def _mark_late() -> None:
    """As soon as the cache takes marks again, so that others do not go by what it kept until that ends."""
    now = time.monotonic()
    for key, until in list(_unmarked.items()):  # other threads add and take away meanwhile
        if until < now:
            _unmarked.pop(key, None)
    for key in list(_unmarked):
        try:
            cache.get(key)  # says at once that the cache is away, where setting would wait
            cache.set(key, CHANGED, CHANGED_SECONDS)
        except Exception:  # noqa: BLE001 - each cache has its own errors
            return
        _unmarked.pop(key, None)


def _key(model: type[models.Model], key: object) -> str:
    """Digested: a session's key opens a door, and belongs in the database alone."""
    return f"{model._meta.label}:{hashlib.sha256(str(key).encode()).hexdigest()}"  # noqa: SLF001 - documented
