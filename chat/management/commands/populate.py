"""``manage.py populate``: add many people, rooms and messages, to see how a large workspace performs."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from chat.demo.crowd import existing_people, populate
from chat.progress import Bar


class Command(BaseCommand):
    help = (
        "Add people, rooms and messages for load tests. Existing people who can sign in join all these rooms; "
        "the new people have no passwords. Running it again adds as many again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--members", type=_number(0, 200_000), default=1000, metavar="N")
        parser.add_argument("--messages", type=_number(0, 50_000_000), default=100_000, metavar="N")
        parser.add_argument("--rooms", type=_number(1, 5000), default=50, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="another number gives other data")
        parser.add_argument("--really", action="store_true", help="also outside development")

    def handle(
        self, *args: Any, members: int, messages: int, rooms: int, seed: int, really: bool, **options: Any
    ) -> None:
        if not settings.DEBUG and not really:
            raise CommandError(
                "This adds fake people and messages. Outside development, confirm with --really."
            )
        if not connection.introspection.table_names():
            raise CommandError("The database has no tables yet: run manage.py migrate first.")
        if members < 2 and not existing_people():
            raise CommandError("--members must be 2 or more.")
        with Bar("Messages", messages, quiet=not options["verbosity"]) as bar:
            made = populate(members=members, messages=messages, rooms=rooms, seed=seed, progress=bar.step)
        if options["verbosity"]:
            self.stdout.write(f"Added {members:,} people and {len(made):,} rooms with {messages:,} messages.")


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return read
