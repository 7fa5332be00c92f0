"""What can't be taken back asks first, says what it means, and looks like it."""

import re

import pytest
from django.test import Client

from chat import actions
from chat.models import Invitation, Member, Person, Room
from tests.conftest import client_of, script_of

DANGER = re.compile(r'<button type="submit" class="button button--danger">([^<]*)</button>')


def asked(client: Client, path: str) -> str:
    """The page that asks, with a red button and with Cancel in focus."""
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert DANGER.search(page), page
    assert re.search(r'data-action="close" autofocus>Cancel<', page)
    return page


def test_making_a_room_private_is_called_so_and_cannot_be_undone(alice: Person, open_room: Room) -> None:
    details = client_of(alice).get(f"/rooms/{open_room.pk}/").content.decode()
    assert re.search(rf'class="link-button link-button--danger" href="/rooms/{open_room.pk}/close/"', details)
    for client in (client_of(alice), script_of(alice)):
        page = asked(client, f"/rooms/{open_room.pk}/close/")
        assert "Make this room private?" in page
        assert "This can&#x27;t be undone" in page
    assert client_of(alice).post(f"/rooms/{open_room.pk}/close/").status_code == 302
    after = client_of(alice).get(f"/rooms/{open_room.pk}/").content.decode()
    assert "Private: only people who are invited or added can find it." in after
    assert "Make private" not in after


def test_archiving_asks_and_is_no_danger_because_it_can_be_undone(alice: Person, open_room: Room) -> None:
    page = script_of(alice).get(f"/rooms/{open_room.pk}/archive/").content.decode()
    assert "Archive this room?" in page
    assert not DANGER.search(page)


def test_an_owner_is_made_after_saying_what_an_owner_can_do(alice: Person, bob: Person, room: Room) -> None:
    member = Member.objects.get(room=room, person=bob)
    path = f"/rooms/{room.pk}/members/{member.pk}/role/"
    members = client_of(alice).get(f"/rooms/{room.pk}/members/").content.decode()
    assert f'href="{path}"' in members
    assert 'name="role" value="owner"' not in members
    page = asked(client_of(alice), path)
    assert "Make Bob an owner?" in page
    assert "all roles, yours too" in page
    assert '<input type="hidden" name="role" value="owner">' in page
    member.refresh_from_db()
    assert member.role == "member"
    assert script_of(alice).post(path, {"role": "owner"})["HX-Redirect"] == f"/rooms/{room.pk}/members/"
    member.refresh_from_db()
    assert member.role == "owner"


def test_the_only_owner_reads_what_to_do_before_leaving(alice: Person, bob: Person, room: Room) -> None:
    for client in (client_of(alice), script_of(alice)):
        page = client.get(f"/rooms/{room.pk}/leave/").content.decode()
        assert "You are the only owner, and a room needs one." in page
        assert re.search(rf'href="/rooms/{room.pk}/members/">Choose an owner<', page)
        assert not DANGER.search(page)
    refused = script_of(alice).post(f"/rooms/{room.pk}/leave/").content.decode()
    assert refused.startswith("You are the only owner")
    assert refused in page
    actions.set_role(alice, room.pk, Member.objects.get(room=room, person=bob).pk, "owner")
    assert "someone has to invite or add you" in asked(client_of(alice), f"/rooms/{room.pk}/leave/")


def test_who_is_alone_in_a_room_archives_it_before_leaving(alice: Person, open_room: Room) -> None:
    page = client_of(alice).get(f"/rooms/{open_room.pk}/leave/").content.decode()
    assert "You are the only member, and nobody would be left." in page
    assert re.search(rf'href="/rooms/{open_room.pk}/archive/"[^>]*>Archive this room<', page)
    actions.archive_room(alice, open_room.pk)
    assert "be able to find it again" in asked(client_of(alice), f"/rooms/{open_room.pk}/leave/")


@pytest.mark.parametrize("link", [True, False])
def test_revoking_an_invitation_asks(alice: Person, charlie: Person, room: Room, *, link: bool) -> None:
    made = (
        actions.make_link(alice, room.pk, days=7, most_uses=5)
        if link
        else actions.invite_person(alice, room.pk, charlie.pk)
    )
    path = f"/invitations/{made.pk}/revoke/"
    assert f'href="{path}"' in client_of(alice).get(f"/rooms/{room.pk}/invitations/").content.decode()
    page = asked(client_of(alice), path)
    assert ("wherever it was shared" in page) == link
    assert Invitation.objects.open().count() == 1
    assert script_of(alice).post(path)["HX-Redirect"] == f"/rooms/{room.pk}/invitations/"
    assert not Invitation.objects.open().exists()


def test_declining_asks_only_whom_it_is_for(alice: Person, bob: Person, charlie: Person, room: Room) -> None:
    made = actions.invite_person(alice, room.pk, charlie.pk)
    path = f"/invitations/{made.token}/decline/"
    assert "Decline the invitation to #harbour?" in asked(client_of(charlie), path)
    assert Invitation.objects.open().exists()
    assert client_of(bob).get(path).status_code == 404
    assert client_of(charlie).get("/invitations/x/decline/").status_code == 404
    client_of(charlie).post(path)
    assert not Invitation.objects.open().exists()


def test_the_administration_asks_before_what_cannot_be_undone(
    ada: Person, alice: Person, bob: Person, room: Room, open_room: Room
) -> None:
    link = actions.make_link(alice, room.pk, days=7, most_uses=5)
    client = client_of(ada)
    for model, action, row, words in (
        ("room", "close", open_room, "This can&#x27;t be undone."),
        ("invitation", "revoke", link, "Nobody can join with these invitations"),
        ("person", "make_owner", bob, "all roles, yours too"),
    ):
        given = {"action": action, "_selected_action": [row.pk]}
        page = client.post(f"/admin/chat/{model}/", given).content.decode()
        assert words in page
        assert re.search(rf'name="action" value="{action}"', page)
        assert re.search(rf'name="_selected_action" value="{row.pk}"', page)
    assert Room.objects.get(pk=open_room.pk).kind == "open"
    assert Invitation.objects.open().exists()
    assert not Person.objects.get(pk=bob.pk).user.is_superuser
    assert "Make selected rooms private" in client.get("/admin/chat/room/").content.decode()
