"""``manage.py worker``: works off jobs, such as mails, in a process of its own (``JOBS=workers``)."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from hypertalk.jobs.runner import work


class Command(BaseCommand):
    help = "Work off jobs, such as mails, until a signal ends it. As many may run as you like."

    def handle(self, *_args: Any, **_options: Any) -> None:
        asyncio.run(work())
