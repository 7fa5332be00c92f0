"""The workspace's name and picture, as every page shows them: each process remembers them."""

import time
from contextlib import suppress
from typing import Any, NamedTuple

from django.db import Error, transaction
from django.urls import reverse

from chat.branding import Branding
from hypertalk.accounts.models import Workspace

SECONDS = 30.0  # until a process learns what another one has changed


class Shown(NamedTuple):
    name: str = ""
    digest: str = ""


class Memory:
    """What this process knows, for ``SECONDS``."""

    def __init__(self) -> None:
        self.hold(Shown(), 0)

    def hold(self, shown: Shown, seconds: float = SECONDS) -> None:
        self.shown, self.until = shown, time.monotonic() + seconds

    def expire(self) -> None:
        self.until = 0.0

    def forget(self, **_: Any) -> None:
        """The row was saved. Another thread may remember the old one once more until this is committed."""
        self.expire()
        transaction.on_commit(self.expire)

    def recall(self) -> Shown:
        """One query at most. Without the database, what was known before: the page that says so has a title, too."""
        if time.monotonic() >= self.until:
            self.hold(self.shown)  # others go on with it meanwhile
            with suppress(Error):
                rows = Workspace._default_manager.values_list("name", "picture")  # noqa: SLF001 - documented
                self.hold(Shown(*(rows.first() or ())))
        return self.shown


memory = Memory()


def workspace_branding() -> Branding:
    """For ``CHAT_BRANDING``."""
    shown = memory.recall()
    return Branding(shown.name, reverse("workspace_picture", args=[shown.digest]) if shown.digest else "")
