"""The release that pages are made of: its scripts and styles, by the names that hold their content's hash."""

import hashlib
from functools import cache

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

OURS = "chat/"
HTMX = "django_htmx/htmx-2.min.js"


@cache
def files() -> tuple[str, ...]:
    """Addresses of all that a page needs. Empty where static files have no such names, as in development."""
    named = getattr(staticfiles_storage, "hashed_files", {})
    return tuple(
        staticfiles_storage.url(name) for name in sorted(named) if name == HTMX or name.startswith(OURS)
    )


@cache
def release() -> str:
    """Another one as soon as one of the files is; empty where nobody can tell."""
    return hashlib.sha256("\n".join(files()).encode()).hexdigest()[:12] if files() else ""


def offline_enabled() -> bool:
    """Whether browsers get a service worker. Never without hashed names: it would show scripts that are stale."""
    return bool(release()) and getattr(settings, "CHAT_SERVICE_WORKER", True)
