"""``manage.py serve``: runs the server in hypertalk/server/server.py."""

from django.core.management.base import BaseCommand

from hypertalk.server.server import serve


class Command(BaseCommand):
    help = "Serve hypertalk over HTTP and WebSocket. All of Daphne's options work: serve --bind 0.0.0.0 --port 8000."

    def run_from_argv(self, argv: list[str]) -> None:
        """Daphne parses all arguments after the command's name."""
        serve(argv[2:])
