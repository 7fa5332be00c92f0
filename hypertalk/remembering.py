"""Rows that every request needs and that change about never, kept in the cache: sessions and users.

A change makes all processes forget at once: the row's place in the cache is taken by a mark for longer than anybody takes
from reading a row to keeping it, so that who read it before the change can't put the old one back. It holds for
what is saved or deleted through the models; whatever writes past them (``QuerySet.update``) must call ``forget``.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

KEPT_SECONDS = 120
CHANGED, CHANGED_SECONDS = "changed", 10

logger = logging.getLogger(__name__)


def remembered[T: models.Model](model: type[T], key: object, read: Callable[[], T | None]) -> T | None:
    """The row with this primary key, from the cache or else by ``read``."""
    place = _place(model, key)
    try:
        kept = cache.get(place)
    except Exception:  # each cache has its own errors; without it, the database is asked
        logger.warning("the cache does not answer; the database is asked instead", exc_info=True)
        return read()
    if isinstance(kept, model):
        return kept
    row = read()
    if kept is None and row is not None:
        cache.add(place, row, KEPT_SECONDS)
    return row


def forget(model: type[models.Model], key: object) -> None:
    """A row is another, or gone: now, and once more after the commit, since others read what was before until then."""
    _forget(_place(model, key))
    transaction.on_commit(partial(_forget, _place(model, key)), robust=True)


def forget_when_changed(
    model: type[models.Model], *, by: str = "pk", of: type[models.Model] | None = None
) -> None:
    """Connect the signals of a model whose rows are remembered, or remembered with those ``of`` another, found ``by``."""

    def changed(instance: models.Model, **_: Any) -> None:
        forget(of or model, getattr(instance, by))

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False)


def _forget(place: str) -> None:
    try:
        cache.set(place, CHANGED, CHANGED_SECONDS)
    except Exception:
        logger.warning("the cache does not answer, and may say what was true before", exc_info=True)


def _place(model: type[models.Model], key: object) -> str:
    """Digested: a session's key opens a door, and belongs in the database alone."""
    return f"{model._meta.label}:{hashlib.sha256(str(key).encode()).hexdigest()}"  # noqa: SLF001 - documented
