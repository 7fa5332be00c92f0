"""Sign-up with an invitation."""

import re
import threading
from importlib import import_module
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from chat import actions
from chat.models import Invitation, Member, Person, Room
from hypertalk.accounts.models import User, Workspace
from tests.conftest import client_of, say

WORDS = "four-words-are-easy"
pytestmark = pytest.mark.django_db


@pytest.fixture
def by_invitation(db: None) -> None:
    Workspace(signup="invited").save()


@pytest.fixture
def link(alice: Person, room: Room) -> Invitation:
    return actions.make_link(alice, room.pk, most_uses=1)


def address_of(invitation: Invitation) -> str:
    return f"/invitations/{invitation.token}/"


def sign_up(client: Client, email: str = "dora@example.com") -> HttpResponse:
    given = {"display_name": "Dora", "email": email, "password1": WORDS}
    return client.post("/accounts/signup/", given)


def sign_in(client: Client, person: Person, **more: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": person.email, "password": "talk-to-me", **more})


def path_in_the_mail() -> str:
    found = re.search(r"http://testserver(/invitations/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def test_somebody_without_an_account_lands_in_the_room(
    alice: Person, room: Room, link: Invitation, by_invitation: None
) -> None:
    say(alice, room, "Welcome aboard")
    client = Client()
    page = client.get(address_of(link))
    shown = page.content.decode()
    assert "Alice invites you to #harbour" in shown
    assert "Ships" not in shown  # hazards 5 and 8: neither the topic nor the members
    assert "Bob" not in shown
    assert "no-store" in page["Cache-Control"]
    assert "Alice invites you to #harbour" in client.get("/accounts/signup/").content.decode()
    answer = sign_up(client)
    assert answer["Location"] == f"/rooms/{room.pk}/"
    assert "Welcome aboard" in client.get(answer["Location"]).content.decode()
    link.refresh_from_db()
    assert link.uses == 1
    client.post("/accounts/logout/")
    assert "Invitation only" in client.get("/accounts/signup/").content.decode()


def test_the_first_run_may_be_for_those_invited_alone() -> None:
    client = Client()
    given = {"display_name": "Olga", "email": "olga@example.com", "password": WORDS, "domain": ""}
    given["workspace"] = "Harbour"
    assert client.post("/welcome/", given | {"signup": "invited"}).status_code == 302
    assert Workspace.objects.get().signup == "invited"
    assert "Invitation only" in Client().get("/accounts/signup/").content.decode()
    made = client.post("/invitations/", {"by": "link", "days": "7", "most_uses": "1"})
    page = client.get(made["Location"]).content.decode()
    guest = Client()
    assert "invites you to Harbour" in guest.get(f"/invitations/{_token(page)}/").content.decode()
    assert sign_up(guest)["Location"] == "/"
    assert Invitation.objects.get().uses == 1
    late = Client()
    assert late.get(f"/invitations/{_token(page)}/").status_code == 410


def _token(page: str) -> str:
    found = re.search(r'value="http://testserver/invitations/([^"]+)/"', page)
    assert found
    return found[1]


def test_without_one_nobody_signs_up(by_invitation: None, alice: Person, link: Invitation) -> None:
    """Hazard 4: also with an empty or foreign token in the session."""
    client = Client()
    for path in ("/invitations/nothing/", "/invitations/%20/", f"/invitations/{link.pk.hex}.x/"):
        assert client.get(path).status_code == 404
    assert "Invitation only" in client.get("/accounts/signup/").content.decode()
    sign_up(client)
    assert User.objects.count() == 2


def test_one_that_ends_while_the_form_is_filled_in_makes_no_account(
    alice: Person, link: Invitation, by_invitation: None
) -> None:
    client = Client()
    client.get(address_of(link))
    client.get("/accounts/signup/")
    actions.revoke_invitation(alice, link.pk)
    assert "Invitation only" in sign_up(client).content.decode()
    assert not User.objects.filter(email="dora@example.com").exists()
    assert client.get(address_of(link)).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_up_by_its_last_use_one_has_an_account(
    alice: Person, room: Room, link: Invitation, by_invitation: None
) -> None:
    people = User.objects.count()
    clients = [Client(), Client()]
    for client in clients:
        client.get(address_of(link))
    ready = threading.Barrier(2)
    answers: list[HttpResponse] = []

    def come(n: int) -> None:
        ready.wait(10)
        try:
            answers.append(sign_up(clients[n], f"visitor{n}@example.com"))
        finally:
            connection.close()

    visitors = [threading.Thread(target=come, args=(n,)) for n in range(2)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(20)
    assert [a.status_code for a in answers].count(302) == 1
    assert User.objects.count() == people + 1
    assert Member.objects.current().filter(room=room).count() == 3
    assert EmailAddress.objects.filter(email__startswith="visitor").count() == 1


def test_an_account_is_made_whole_or_not_at_all(
    alice: Person, link: Invitation, by_invitation: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else took the last use between opening and submitting the form."""
    client = Client()
    client.get(address_of(link))
    monkeypatch.setattr("chat.models.invitation.InvitationQuerySet.open", lambda rows: rows.none())
    monkeypatch.setattr("chat.models.invitation.InvitationQuerySet.usable", lambda rows: rows)
    page = sign_up(client)
    assert page.status_code == 410
    assert "Ask the person who invited you for a new one" in page.content.decode()
    assert not User.objects.filter(email="dora@example.com").exists()
    assert not EmailAddress.objects.filter(email="dora@example.com").exists()


def test_one_by_mail_is_for_that_address_and_proves_it(
    alice: Person, room: Room, by_invitation: None, settings
) -> None:
    client_of(alice).post(
        f"/rooms/{room.pk}/invitations/", {"by": "email", "addresses": "Dora@Elsewhere.example"}
    )
    assert mail.outbox[0].to == ["dora@elsewhere.example"]
    client = Client()
    client.get(path_in_the_mail())
    assert 'value="dora@elsewhere.example"' in client.get("/accounts/signup/").content.decode()
    refused = sign_up(client, "other@elsewhere.example").content.decode()
    assert "This invitation is for dora@elsewhere.example. Use that address." in refused
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # an invitation by mail needs no further confirmation
    assert sign_up(client, "dora@elsewhere.example")["Location"] == f"/rooms/{room.pk}/"
    assert EmailAddress.objects.get(email="dora@elsewhere.example").verified


def test_who_invites_can_not_vouch_for_an_address(
    alice: Person, room: Room, by_invitation: None, settings
) -> None:
    """The link on the screen differs from the one in the mail: else its author could sign up with anybody's address."""
    invitation = actions.invite_email(alice, room.pk, "victim@example.com")
    shown = client_of(alice).get(f"/invitations/{invitation.pk}/").content.decode()
    assert invitation.token in shown
    assert invitation.mailed_token not in shown
    client = Client()
    client.get(address_of(invitation))
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_up(client, "victim@example.com")
    assert not EmailAddress.objects.get(email="victim@example.com").verified


def test_where_addresses_are_of_one_domain_the_invited_may_have_others(
    alice: Person, link: Invitation
) -> None:
    Workspace(signup="domain", domain="corp.example").save()
    client = Client()
    assert "ends in @corp.example" in sign_up(client, "dora@elsewhere.example").content.decode()
    client.get(address_of(link))
    assert sign_up(client, "dora@elsewhere.example").status_code == 302
    # The account is theirs: a forgotten password is no reason to lose it.
    client = Client()
    assert client.post("/accounts/password/reset/", {"email": "dora@elsewhere.example"}).status_code == 302
    assert mail.outbox[-1].to == ["dora@elsewhere.example"]


def test_where_anybody_may_come_an_invitation_that_is_over_stops_nobody(
    alice: Person, room: Room, link: Invitation
) -> None:
    invited = actions.invite_email(alice, room.pk, "dora@example.com")
    client = Client()
    client.get(address_of(invited))
    answer = sign_up(client, "other@example.com")
    assert answer["Location"] == "/"
    assert "for a different email address" in client.get("/rooms/").content.decode()
    assert not Member.objects.filter(person__user__email="other@example.com").exists()


def test_somebody_with_an_account_signs_in_and_joins_by_a_button(
    charlie: Person, room: Room, link: Invitation, by_invitation: None
) -> None:
    client = Client()
    page = client.get(address_of(link)).content.decode()
    assert f"/accounts/login/?next={address_of(link)}" in page
    assert sign_in(client, charlie, next=address_of(link))["Location"] == address_of(link)
    asked = client.get(address_of(link))
    assert "Join #harbour" in asked.content.decode()
    assert not Member.objects.filter(room=room, person=charlie).exists()  # opening it changes nothing
    assert client.post(address_of(link))["Location"] == f"/rooms/{room.pk}/"
    assert Member.objects.current().filter(room=room, person=charlie).exists()
    assert client.get(address_of(link))["Location"] == f"/rooms/{room.pk}/"


def test_the_token_does_not_go_over_to_the_next_who_signs_in(
    bob: Person, room: Room, link: Invitation, by_invitation: None
) -> None:
    client = Client()
    client.get(address_of(link))
    sign_in(client, bob)
    client.post("/accounts/logout/")
    assert "Invitation only" in client.get("/accounts/signup/").content.decode()


def test_what_was_closed_is_by_invitation_now(alice: Person) -> None:
    migration = import_module("hypertalk.accounts.migrations.0004_invited_only")
    Workspace(signup="closed").save()
    apps = SimpleNamespace(get_model=lambda *_: Workspace)  # its name then was another
    migration.closed_is_by_invitation(apps, None)
    assert Workspace.objects.get().signup == "invited"
    migration.by_invitation_is_closed(apps, None)
    assert Workspace.objects.get().signup == "closed"
