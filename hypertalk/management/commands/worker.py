"""``manage.py worker``: runs jobs, such as sending email, in a separate process (``JOBS=workers``)."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from hypertalk.jobs.runner import work


class Command(BaseCommand):
    help = "Run jobs, such as sending email, until a signal ends it. Any number of workers may run at once."

    def handle(self, *_args: Any, **_options: Any) -> None:
        asyncio.run(work())
