"""The features of the chat, one line each. These modules are imported at startup and register themselves.

A feature's module registers its kinds of rows (``queries/row_kinds.py``), its parts of the room's page
(``queries/page_parts.py``), its socket commands and more. No other module of the product imports it.
"""

from importlib import import_module

from django.urls import URLPattern

FEATURES = (
    "chat.queries.core_row_kinds",
    "chat.live.post_command",
    "chat.live.read_command",
    "chat.live.show_command",
    "chat.live.sampling",
    "chat.drafts",
    "chat.unfinished_edits",
)


def load() -> None:
    for module in FEATURES:
        import_module(module)


def urlpatterns() -> list[URLPattern]:
    """The URLs of all features: each module's own ``urlpatterns``."""
    return [pattern for name in FEATURES for pattern in getattr(import_module(name), "urlpatterns", [])]
