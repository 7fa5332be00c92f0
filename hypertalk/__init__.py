"""The deployment of ``chat``: settings, accounts, addresses and the ASGI application."""

__version__ = "0.1.0"  # as pyproject.toml has it
