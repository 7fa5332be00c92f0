"""A hub of this process, and a layer that loses messages."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chat.events import publishing
from chat.live.hub import Hub
from chat.models import Member, Person, Room
from tests.support.live import stop


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    made = Hub()
    yield made
    await stop(made)


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every publish is lost; the list collects the envelopes."""
    lost: list[Any] = []

    async def lose(told: Any) -> None:
        lost.append(told)

    monkeypatch.setattr(publishing, "_hand_over", lose)
    return lost


async def member(room: Room, person: Person) -> Member:
    return await Member.objects.aget(room=room, person=person)
