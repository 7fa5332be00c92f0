"""Every address of the URL resolver: pages of the chat, of accounts, of the administration, and the rest."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver

# Addresses outside the resolver: health checks, files of WhiteNoise, missing pages.
BESIDE = (
    "healthz/",
    "metrics",
    "live/",
    "static/<path:file>",
    "static/chat/css/<path:file>",
    "media/<path:file>",
    "favicon.ico",
    "robots.txt",
    ".well-known/<path:file>",
    "<path:file>",
)
_ANCHORS = re.compile(r"[\^$]|\\[AZ]")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\[\]]|\[[^\]]*\])*\)")


def addresses() -> list[str]:
    """With their parameters as ``<room_id>``, each once."""
    return sorted({*_walk(get_resolver(), ""), *(_plain(route) for route in BESIDE)})


def _walk(resolver: Any, before: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield _plain(route)
        else:
            yield from _walk(each, route)


def _plain(route: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"<\1>", _GROUP.sub(r"<\1>", _ANCHORS.sub("", route)))
