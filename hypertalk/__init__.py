"""The deployment of ``chat``: settings, accounts, addresses and the ASGI application."""
