"""People who signed up and have not confirmed their address yet: nobody else can see them."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from chat import actions
from chat.errors import Invalid, NotFound
from chat.models import Invitation, Member, Person, Room
from hypertalk.accounts.addresses import vouch_for
from hypertalk.accounts.models import Workspace
from tests.conftest import client_of, script_of

WORDS = "four-words-are-easy"


@pytest.fixture(autouse=True)
def _mail(settings: Any, db: None) -> None:
    """As with an EMAIL_URL."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    Workspace().save()


def sign_up(client: Client) -> None:
    given = {"display_name": "Dora", "email": "dora@example.com", "password1": WORDS}
    assert client.post("/accounts/signup/", given)["Location"] == "/accounts/confirm-email/"


def confirm() -> None:
    found = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert found
    assert Client().post(found[1]).status_code == 302


def ask_for_another_address(person: Person) -> None:
    client = client_of(person)
    client.post("/accounts/reauthenticate/", {"password": "talk-to-me"})
    client.post("/accounts/security/email/", {"email": "new@example.com", "action_add": ""})


@pytest.fixture
def dora() -> Person:
    sign_up(Client())
    return Person.objects.get(display_name="Dora")


def test_nobody_finds_or_reaches_them(alice: Person, room: Room, dora: Person) -> None:
    client, script = client_of(alice), script_of(alice)
    pages = ["/people/", "/people/?q=Dora", f"/rooms/{room.pk}/invitations/?q=Dora"]

    def shown() -> list[bool]:
        answers = [*map(client.get, pages), script.get("/switch/?q=Dora")]
        chosen = re.compile(rf'(value|data-only)="{dora.pk}"')
        return [chosen.search(answer.content.decode()) is not None for answer in answers]

    assert shown() == [False] * 4
    assert client.get(f"/people/{dora.pk}/").status_code == 404
    assert client.post(f"/people/{dora.pk}/block/").status_code == 404
    with pytest.raises(NotFound):
        actions.open_direct(alice, [dora.pk])
    with pytest.raises(Invalid):
        actions.invite_person(alice, room.pk, dora.pk)
    with pytest.raises(Invalid):
        actions.add_member(alice, room.pk, "dora")
    confirm()
    assert shown() == [True] * 4
    assert client.get(f"/people/{dora.pk}/").status_code == 200
    actions.open_direct(alice, [dora.pk])


def test_an_address_that_an_administrator_vouches_for_is_one(alice: Person, dora: Person) -> None:
    assert not Person.objects.active().contains(dora)
    vouch_for(dora.user)
    assert Person.objects.active().contains(dora)


def test_who_changes_their_address_stays_here_meanwhile(alice: Person, bob: Person) -> None:
    ask_for_another_address(bob)
    assert mail.outbox[-1].to == ["new@example.com"]
    assert Person.objects.active().contains(bob)


def test_without_mail_nobody_is_awaited(dora: Person, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    assert Person.objects.active().contains(dora)


def test_their_room_waits_for_them_and_the_link_is_used(alice: Person, room: Room) -> None:
    link = actions.make_link(alice, room.pk, most_uses=1)
    client = Client()
    client.get(f"/invitations/{link.token}/")
    sign_up(client)
    dora = Person.objects.get(display_name="Dora")
    assert not Member.objects.filter(person=dora).exists()
    assert "Dora" not in client_of(alice).get(f"/rooms/{room.pk}/invitations/").content.decode()
    link.refresh_from_db()
    assert link.uses == 1
    confirm()
    assert Member.objects.current().filter(room=room, person=dora).exists()
    client.post("/accounts/login/", {"login": "dora@example.com", "password": WORDS})
    assert client.get(f"/rooms/{room.pk}/").status_code == 200


def test_what_is_over_by_then_brings_nobody_in(alice: Person, bob: Person, room: Room) -> None:
    """The author of the link may not invite any more, and an account is no consent to invitations by others."""
    actions.set_role(alice, room.pk, Member.objects.get(room=room, person=bob).pk, "moderator")
    link = actions.make_link(bob, room.pk)
    client = Client()
    client.get(f"/invitations/{link.token}/")
    sign_up(client)
    actions.set_role(alice, room.pk, Member.objects.get(room=room, person=bob).pk, "member")
    confirm()
    assert not Member.objects.filter(person__display_name="Dora").exists()
    assert Invitation.objects.filter(person__display_name="Dora").get().uses == 0


def test_another_address_accepts_no_invitation(alice: Person, bob: Person) -> None:
    other = actions.create_room(alice, name="other", topic="", kind="closed")
    actions.invite_person(alice, other.pk, bob.pk)
    ask_for_another_address(bob)
    confirm()
    assert Person.objects.select_related("user").get(pk=bob.pk).email == "new@example.com"
    assert not Member.objects.filter(room=other, person=bob).exists()
