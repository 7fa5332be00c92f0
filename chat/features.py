"""The features of the chat, one line each: what is imported at startup, and registers itself when it is."""

from importlib import import_module

FEATURES = (
    "chat.live.post_command",
    "chat.live.read_command",
    "chat.live.sampling",
    "chat.drafts",
)


def load() -> None:
    for module in FEATURES:
        import_module(module)
