"""Blocking a person: a private matter, of which the other never learns."""

import re

import pytest

from chat import actions
from chat.errors import Invalid, NotFound, Refused
from chat.events import publishing
from chat.events.types import PersonChanged
from chat.models import Block, Person, Room
from tests.conftest import client_of, say, script_of


def test_only_ones_own_pages_are_told(
    alice: Person,
    bob: Person,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(publishing, "_send", told.extend)
    with django_capture_on_commit_callbacks(execute=True):
        actions.block_person(alice, bob.pk)
        actions.block_person(alice, bob.pk)
    assert told == [PersonChanged(alice.pk, alice.version)]
    with django_capture_on_commit_callbacks(execute=True):
        actions.unblock_person(alice, bob.pk)
        actions.unblock_person(alice, bob.pk)
    assert len(told) == 2
    with pytest.raises(Invalid):
        actions.block_person(alice, alice.pk)
    with pytest.raises(NotFound):
        actions.block_person(alice, 987654)


@pytest.mark.parametrize("by", ["the one who writes", "the other"])
def test_two_who_are_apart_don_t_write_to_each_other(alice: Person, bob: Person, by: str) -> None:
    """In either direction, with the same notice: it does not say who blocked whom."""
    direct = actions.open_direct(alice, [bob.pk])
    message = say(alice, direct)
    actions.block_person(*((alice, bob.pk) if by == "the one who writes" else (bob, alice.pk)))
    refusals = set()
    for attempt in (
        lambda: say(alice, direct),
        lambda: actions.edit_message(alice, message.pk, "By another way"),
        lambda: actions.open_direct(alice, [bob.pk]),
        lambda: say(bob, direct),
        lambda: actions.open_direct(bob, [alice.pk]),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        refusals.add(str(refused.value))
    assert len(refusals) == 1
    assert client_of(alice).post("/people/", {"only": bob.pk}).status_code == 403
    for person, other in ((alice, bob), (bob, alice)):
        actions.unblock_person(person, other.pk)
    assert say(alice, direct)


def test_in_rooms_and_among_more_than_two_everybody_writes(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    actions.block_person(alice, bob.pk)
    actions.block_person(bob, alice.pk)
    three = actions.open_direct(alice, [bob.pk, charlie.pk])
    for each in (room, three):
        assert say(alice, each)
        assert say(bob, each)
    alone = actions.open_direct(alice, [charlie.pk])
    assert say(alice, alone)


def test_no_room_is_made_around_who_blocked(alice: Person, bob: Person, room: Room) -> None:
    """People whom they blocked can't add them, and are not shown to them."""
    actions.block_person(bob, alice.pk)
    trap = actions.create_room(alice, name="bob-is-a-fool", topic="", kind="closed")
    with pytest.raises(Refused) as refused:
        actions.add_member(alice, trap.pk, "bob")
    actions.unblock_person(bob, alice.pk)
    actions.block_person(alice, bob.pk)
    with pytest.raises(Refused, match=re.escape(str(refused.value))):  # nothing about who blocked whom
        actions.add_member(alice, trap.pk, "bob")
    assert actions.add_member(alice, room.pk, "bob").current  # members stay members
    actions.unblock_person(alice, bob.pk)
    actions.block_person(bob, alice.pk)
    invitation = actions.invite_person(alice, trap.pk, bob.pk)
    client = client_of(bob)
    assert "fool" not in client.get("/rooms/").content.decode()
    assert client.get(f"/invitations/{invitation.token}/").status_code == 200  # should they want to
    actions.unblock_person(bob, alice.pk)
    assert "fool" in client.get("/rooms/").content.decode()


def test_the_page_knows_whom_its_viewer_blocked_and_nobody_elses_does(
    alice: Person, bob: Person, room: Room
) -> None:
    say(bob, room, "Unheard")
    actions.block_person(alice, bob.pk)
    page = client_of(alice).get(f"/rooms/{room.pk}/").content.decode()
    assert f'[data-author="{bob.pk}"], [data-by="{bob.pk}"]' in page
    assert f'data-people="{bob.pk} "' in script_of(alice).get("/rooms/").content.decode()
    after = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert ':is([data-author="0"])' in after  # nobody, as on every page of a person who blocked nobody
    fragment = page.partition('<li class="message"')[2].partition("</li>")[0]
    assert f'data-author="{bob.pk}"' in fragment
    assert "block" not in fragment


def test_blocking_and_unblocking_on_pages(alice: Person, bob: Person, room: Room) -> None:
    client = client_of(alice)
    assert client.post(f"/people/{bob.pk}/block/").status_code == 302
    assert b"Unblock Bob" in client.get("/people/blocked/").content
    assert b"Unblock Bob" in client.get(f"/rooms/{room.pk}/members/").content
    assert b"Blocked people" in client.get("/profile/").content
    client.post(f"/people/{bob.pk}/unblock/")
    assert not Block.objects.exists()
    assert b"blocked anyone" in client.get("/people/blocked/").content
    assert client.post(f"/people/{alice.pk}/block/").status_code == 422
    for act in ("block", "unblock"):
        assert client.post(f"/people/{'9' * 40}/{act}/").status_code < 500
        assert client.get(f"/people/{bob.pk}/{act}/").status_code == 405
    assert client.post("/people/987654/block/").status_code == 404


def test_the_list_of_the_blocked_takes_the_same_queries_however_long(
    alice: Person, make_person, django_assert_max_num_queries
) -> None:
    client = client_of(alice)

    def count() -> int:
        with django_assert_max_num_queries(12) as counted:
            client.get("/people/blocked/")
        return len(counted)

    actions.block_person(alice, make_person("Dora").pk)
    client.get("/people/blocked/")  # the first request records the device
    few = count()
    for n in range(10):
        actions.block_person(alice, make_person(f"Person{n}").pk)
    assert count() == few
