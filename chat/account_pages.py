"""The project's account pages. The chat has none of its own, and links to those that exist."""

from django.conf import settings
from django.shortcuts import resolve_url

# Keys of ``CHAT_ACCOUNT_PAGES``, all optional. Sign-in is at Django's own ``LOGIN_URL``.
PAGES = ("signup", "logout", "security", "delete", "workspace")


def account_page(name: str) -> str:
    """The page's URL, from a path or the name of a URL pattern; empty if the project has no such page."""
    to = settings.LOGIN_URL if name == "login" else getattr(settings, "CHAT_ACCOUNT_PAGES", {}).get(name)
    return resolve_url(to) if to else ""
