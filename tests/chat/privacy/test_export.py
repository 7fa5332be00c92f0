"""The data export. Its content: test_personal_data.py."""

import asyncio
import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import AsyncClient, Client

from chat import actions
from chat.models import Member, Person, Room
from tests.chat.media.test_pictures import drawn
from tests.conftest import client_of, say
from tests.support.personal_data import exported


def test_it_holds_nothing_of_others_nor_of_rooms_one_is_out_of(
    alice: Person, bob: Person, room: Room
) -> None:
    """Hazard 2."""
    say(alice, room, "Words of Alice")
    say(bob, room, "Words of Bob")
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    actions.edit_room(alice, room.pk, name="secret-plans", topic="About Bob")
    found = exported(client_of(bob))
    whole = json.dumps(found)
    for word in ("Words of Alice", "alice@example.com", "secret-plans", "harbour", "About Bob"):
        assert word not in whole
    assert [row["text"] for row in found["messages.json"]] == ["Words of Bob"]
    assert found["rooms.json"] == [{"id": str(room.pk), "kind": "closed", "left": True}]


def test_with_nothing_said_it_is_still_a_file(alice: Person) -> None:
    found = exported(client_of(alice))
    assert (found["rooms.json"], found["messages.json"]) == ([], [])


def test_it_takes_the_same_queries_however_much(
    alice: Person, room: Room, settings, django_assert_max_num_queries
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1), "export": (100, 1)}
    client = client_of(alice)

    def count() -> int:
        with django_assert_max_num_queries(20) as counted:
            exported(client)
        return len(counted)

    say(alice, room)
    count()  # the first request checks whether the workspace has an owner
    few = count()
    for n in range(20):
        say(alice, actions.create_room(alice, name=f"other-{n}", topic="", kind="open"))
    assert count() == few


def test_it_is_bounded_and_asked_for_by_its_owner_alone(alice: Person) -> None:
    client = client_of(alice)
    for _ in range(3):
        answer = client.post("/profile/export/")
        assert answer["Content-Disposition"] == 'attachment; filename="my-data.zip"'
        assert answer.getvalue()
    refused = client.post("/profile/export/")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert client.get("/profile/export/").status_code == 405
    assert Client().post("/profile/export/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_behind_asgi_it_leaves_a_piece_at_a_time(alice: Person, settings) -> None:
    actions.set_picture(alice, drawn())
    session = client_of(alice).cookies["sessionid"].value

    async def pieces() -> list[bytes]:
        client = AsyncClient()
        client.cookies["sessionid"] = session
        answer = await client.post("/profile/export/")
        answer.block_size = 100
        found = [piece async for piece in answer]
        answer.close()
        return found

    found = asyncio.run(pieces())
    assert len(found) > 3
    assert "picture.webp" in ZipFile(BytesIO(b"".join(found))).namelist()
