"""The release that pages are built from: its scripts and styles, named by the hash of their content."""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

OURS = "chat/"
HTMX = "django_htmx/htmx-2.min.js"


@cache
def files() -> tuple[str, ...]:
    """URLs of all files that a page needs. Empty if static files have no hashed names, as in development."""
    named = getattr(staticfiles_storage, "hashed_files", {})
    return tuple(
        staticfiles_storage.url(name) for name in sorted(named) if name == HTMX or name.startswith(OURS)
    )


@cache
def release() -> str:
    """Changes whenever one of the files changes; empty if unknown."""
    return hashlib.sha256("\n".join(files()).encode()).hexdigest()[:12] if files() else ""


def offline_enabled() -> bool:
    """Whether browsers get a service worker. Never without hashed names: it would serve stale scripts."""
    return bool(release()) and getattr(settings, "CHAT_SERVICE_WORKER", True)
