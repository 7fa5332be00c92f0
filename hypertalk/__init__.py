"""The deployment of ``chat``: settings, accounts, URLs and the ASGI application."""

__version__ = "0.1.0"  # the same as in pyproject.toml
