"""``manage.py demo``: fill an empty development database with a workspace that looks lived in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.demo.loading import load


class Command(BaseCommand):
    help = "Load the demo (development only). Does nothing when there are rooms already."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo is for development only: its passwords are public.")
        if load():
            self.stdout.write("Loaded the demo.")
