"""What arrives from the channel layer may be of another release, or broken."""

from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session

from chat.events.publishing import GROUP
from chat.events.rendering import session_digest
from chat.events.types import SessionEnded
from chat.live.access import SIGNED_OUT
from chat.live.hub import Hub
from chat.models import Person, Room
from tests.support.live import do, listen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.cache]

BROKEN: list[Any] = [
    {},
    {"kind": "room"},
    {"kind": "later", "topic": "room:1", "delivery": "of a later release"},
    {"kind": "later", "topic": 7, "delivery": "durable"},
    "no envelope",
]


async def test_a_broken_envelope_takes_nothing_with_it(bob: Person, room: Room, hub: Hub) -> None:
    """The end of a session, published together with what nobody can read, still closes its socket at once."""
    opened = await listen(hub, bob, room)
    key = opened.socket.credentials.session_key
    await do(Session.objects.filter(pk=key)._raw_delete, "default")  # so that only the layer says it
    ended = SessionEnded(session_digest(key)).to_envelope()
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_send(GROUP, {"type": "chat.told", "told": [*BROKEN, ended]})
    await opened.until(lambda one: one.closed == SIGNED_OUT)
