"""Where the project has its pages for accounts. The chat has none of its own, and links to those that there are."""

from django.conf import settings
from django.shortcuts import resolve_url

# What ``CHAT_ACCOUNT_PAGES`` may name, each optional. Signing in is at ``LOGIN_URL``, which Django asks for itself.
PAGES = ("signup", "logout", "security", "delete")


def account_page(name: str) -> str:
    """Its address, from a path or the name of a URL pattern; empty where the project has no such page."""
    to = settings.LOGIN_URL if name == "login" else getattr(settings, "CHAT_ACCOUNT_PAGES", {}).get(name)
    return resolve_url(to) if to else ""
