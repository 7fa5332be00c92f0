"""The pages for inviting people, and for invited people."""

import re
from smtplib import SMTPRecipientsRefused
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from chat import actions
from chat.jobs.mailing import mail_invitation
from chat.models import Invitation, Member, Person, Room
from tests.conftest import client_of, script_of


def invite(client: Client, room: Room, **given: str) -> Any:
    return client.post(f"/rooms/{room.pk}/invitations/", given)


def test_inviting_by_name_shows_above_their_rooms(alice: Person, charlie: Person, room: Room) -> None:
    client = client_of(alice)
    found = client.get(f"/rooms/{room.pk}/invitations/?q=@char").content.decode()
    assert "Invite Charlie" in found
    assert "Invite Bob" not in found  # he is in the room
    assert (
        invite(client, room, by="person", person=str(charlie.pk))["Location"]
        == f"/rooms/{room.pk}/invitations/"
    )
    page = client.get(f"/rooms/{room.pk}/invitations/").content.decode()
    assert "Invitation sent to Charlie." in page
    assert "Invite Charlie" not in page
    for shown in (client_of(charlie).get("/rooms/"), script_of(charlie).get("/rooms/")):
        assert "Alice invites you to <b>#harbour</b>" in shown.content.decode()
    token = Invitation.objects.get().token
    assert client_of(charlie).post(f"/invitations/{token}/")["Location"] == f"/rooms/{room.pk}/"
    assert "invites you" not in client_of(charlie).get("/rooms/").content.decode()


def test_people_are_looked_for_as_everywhere_else(alice: Person, make_person, room: Room, settings) -> None:
    """With the capitals of every script, and of limited length."""
    make_person("Кира")
    settings.CHAT_LIMITS = {"search": (1, 60)}
    address = f"/rooms/{room.pk}/invitations/"
    assert "Invite Кира" in client_of(alice).get(address, {"q": "КИРА"}).content.decode()
    assert client_of(alice).get(address, {"q": "КИРА"}).status_code == 429
    assert client_of(alice).get(address).status_code == 200


def test_declining(alice: Person, charlie: Person, room: Room) -> None:
    token = actions.invite_person(alice, room.pk, charlie.pk).token
    client = client_of(charlie)
    assert client.post(f"/invitations/{token}/decline/")["Location"] == "/rooms/"
    assert "invites you" not in client.get("/rooms/").content.decode()
    assert client.post(f"/invitations/{token}/").status_code == 410
    assert "Declined" in client_of(alice).get(f"/rooms/{room.pk}/invitations/").content.decode()


def test_somebody_elses_invitation_is_not_there(
    alice: Person, charlie: Person, room: Room, make_person
) -> None:
    """Hazard 8: the same for a stranger with a token and without."""
    token = actions.invite_person(alice, room.pk, charlie.pk).token
    dora = client_of(make_person("Dora"))
    for path in (f"/invitations/{token}/", "/invitations/none/"):
        assert dora.get(path).status_code == 404
        assert dora.post(path).status_code == 404
        assert dora.post(f"{path}decline/").status_code == 404
    assert Client().get(f"/invitations/{token}/")["Location"].startswith("/accounts/login/?next=")
    assert Client().post(f"/invitations/{token}/")["Location"].startswith("/accounts/login/?next=")


def test_only_moderators_have_the_page(alice: Person, bob: Person, charlie: Person, room: Room) -> None:
    link = actions.make_link(alice, room.pk)
    for person, status in ((alice, 200), (bob, 403), (charlie, 404)):
        assert client_of(person).get(f"/rooms/{room.pk}/invitations/").status_code == status
    for person, status in ((alice, 200), (bob, 404), (charlie, 404)):
        assert client_of(person).get(f"/invitations/{link.pk}/").status_code == status
    assert client_of(bob).post(f"/invitations/{link.pk}/revoke/").status_code == 404
    assert client_of(alice).get("/invitations/").status_code == 404
    assert client_of(alice).get(f"/rooms/{uuid4()}/invitations/").status_code == 404
    alice.user.is_staff = True
    alice.user.save()
    assert client_of(alice).get("/invitations/").status_code == 200
    assert "/invitations/" in client_of(alice).get("/people/").content.decode()
    assert 'href="/invitations/"' not in client_of(bob).get("/people/").content.decode()


def test_a_link_is_shown_as_often_as_asked_until_it_is_taken_back(alice: Person, room: Room) -> None:
    client = client_of(alice)
    made = invite(client, room, by="link", days="1", most_uses="")
    for _ in range(2):
        page = client.get(made["Location"]).content.decode()
        assert f'value="http://testserver/invitations/{Invitation.objects.get().token}/"' in page
        assert 'src="data:image/svg+xml;base64,' in page
    link = Invitation.objects.get()
    assert link.most_uses is None
    assert 23 < (link.expires_at - link.created_at).total_seconds() / 3600 < 25
    assert client.post(f"/invitations/{link.pk}/revoke/")["Location"] == f"/rooms/{room.pk}/invitations/"
    assert client.get(made["Location"]).status_code == 404
    over = Client().get(f"/invitations/{link.token}/")
    assert over.status_code == 410
    assert "Ask the person who invited you for a new one." in over.content.decode()
    assert "harbour" not in over.content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"by": "magic"},
        {"by": "link", "days": "365", "most_uses": "1"},
        {"by": "link", "days": "7", "most_uses": "-1"},
        {"by": "link"},
        {"by": "person"},
        {"by": "person", "person": "9" * 40},
        {"by": "person", "person": "\x00"},
        {"by": "email"},
        {"by": "email", "addresses": "a@b.example " * 3 + "\x00"},
        {"by": "email", "addresses": " ".join(f"p{n}@example.com" for n in range(21))},
    ],
)
def test_what_can_not_be_is_said(alice: Person, room: Room, given: dict[str, str]) -> None:
    answer = client_of(alice).post(f"/rooms/{room.pk}/invitations/", given)
    assert answer.status_code == 422
    assert "i-alert" in answer.content.decode().split('<main class="conversation"')[1]


def test_mails_name_the_inviter_the_room_and_the_workspace(alice: Person, room: Room) -> None:
    actions.rename_person(alice, 'Alice "O\'Hara" & Co')
    client = client_of(alice)
    invite(client, room, by="email", addresses="dora@example.com, emil@example.com;\ndora@example.com")
    assert [message.to for message in mail.outbox] == [["dora@example.com"], ["emil@example.com"]]
    assert mail.outbox[0].subject == 'Alice "O\'Hara" & Co invites you to #harbour on testserver'
    body = str(mail.outbox[0].body)
    assert re.search(r"^http://testserver/invitations/mail-\S+/$", body, re.MULTILINE)
    assert "Ships" not in body
    told = client.get("/rooms/").content.decode()
    assert "The email to dora@example.com, emil@example.com is on its way." in told


def test_the_addresses_that_are_left_can_be_mended(alice: Person, room: Room) -> None:
    page = invite(client_of(alice), room, by="email", addresses="dora@example.com emil fay@example.com")
    assert page.status_code == 422
    shown = page.content.decode()
    assert "“emil” is not an email address." in shown
    assert ">emil\nfay@example.com</textarea>" in shown
    assert [message.to for message in mail.outbox] == [["dora@example.com"]]


def test_too_many_are_limited_and_those_before_are_sent(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"invite": (1, 3600)}
    page = invite(client_of(alice), room, by="email", addresses="dora@example.com emil@example.com")
    assert page.status_code == 429
    assert ">emil@example.com</textarea>" in page.content.decode()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("code", "told"), [(550, True), (450, False)])
def test_an_address_that_is_refused_is_told_in_the_list_and_the_invitation_stands(
    alice: Person, room: Room, code: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 4xx the mail server asks for a retry: tests/hypertalk/jobs."""
    sends = EmailBackend.send_messages

    def fail(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == ["dora@example.com"]:
            raise SMTPRecipientsRefused({"dora@example.com": (code, b"who is that")})
        return sends(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    client = client_of(alice)
    answer = invite(client, room, by="email", addresses="dora@example.com emil@example.com")
    page = client.get(answer["Location"]).content.decode()
    assert page.count("email refused: share the link instead") == told
    assert Invitation.objects.usable().count() == 2
    assert [each.to for each in mail.outbox] == [["emil@example.com"]]


@pytest.mark.parametrize("over", ["taken back", "its maker may not invite any more"])
def test_what_is_over_when_its_mail_would_go_out_is_not_mailed(alice: Person, room: Room, over: str) -> None:
    made = actions.invite_email(alice, room.pk, "dora@example.com")
    if over == "taken back":
        actions.revoke_invitation(alice, made.pk)
    else:
        Member.objects.filter(room=room, person=alice).update(role="member")
    mail_invitation.call(str(made.pk), "https://talk.example.com/invitations/", "en")
    assert not mail.outbox


def test_without_a_mail_server_the_page_says_so(alice: Person, room: Room, settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    client = client_of(alice)
    assert "workspace can't send email yet" in client.get(f"/rooms/{room.pk}/invitations/").content.decode()
    assert invite(client, room, by="email", addresses="dora@example.com").status_code == 422
    assert not Invitation.objects.exists()


def test_guessing_is_limited_by_address_and_nothing_forwarded_changes_it(
    alice: Person, room: Room, settings
) -> None:
    """Hazards 17 and 20."""
    settings.CHAT_LIMITS = {"token": (3, 60)}
    guesser = Client()
    for n in range(3):
        assert guesser.get(f"/invitations/guess-{n}/").status_code == 404
    limited = guesser.get(
        f"/invitations/{actions.make_link(alice, room.pk).token}/", headers={"X-Forwarded-For": "10.9.8.7"}
    )
    assert limited.status_code == 429
    assert int(limited["Retry-After"]) > 0
    assert Client(REMOTE_ADDR="192.0.2.7").get("/invitations/x/").status_code == 404
    # A person with an IPv6 network has all its addresses.
    answers = [Client(REMOTE_ADDR=f"2001:db8::{n}").get("/invitations/x/").status_code for n in range(4)]
    assert answers == [404, 404, 404, 429]


def test_the_wrong_account_is_told_before_it_tries(alice: Person, charlie: Person, room: Room) -> None:
    invitation = actions.invite_email(alice, room.pk, "dora@example.com")
    client = client_of(charlie)
    page = client.get(f"/invitations/{invitation.token}/").content.decode()
    assert "sent to a different email address" in page
    assert "dora@example.com" not in page
    assert client.post(f"/invitations/{invitation.token}/").status_code == 403
    assert not Member.objects.filter(room=room, person=charlie).exists()


def test_looking_asks_little_and_for_most_people_nothing(
    alice: Person, bob: Person, charlie: Person, room: Room, make_person, django_assert_max_num_queries
) -> None:
    client = client_of(alice)

    def count(asking: Client, path: str) -> tuple[int, bool]:
        with django_assert_max_num_queries(30) as counted:
            assert asking.get(path).status_code == 200
        return len(counted), any("invitation" in query["sql"] for query in counted.captured_queries)

    path = f"/rooms/{room.pk}/invitations/"
    actions.invite_person(alice, room.pk, charlie.pk)
    actions.make_link(alice, room.pk)
    count(client, path)
    few = count(client, path)
    for n in range(8):
        person = make_person(f"Person{n}")
        actions.invite_person(alice, room.pk, person.pk)
        actions.invite_email(alice, room.pk, f"guest{n}@example.com")
        other = actions.create_room(alice, name=f"other-{n}", topic="", kind="closed")
        actions.invite_person(alice, other.pk, charlie.pk)
    assert count(client, path) == few
    quiet, asked = count(client_of(bob), "/rooms/")
    assert not asked
    assert count(client_of(charlie), "/rooms/")[0] <= quiet + 1


def test_names_are_text(alice: Person, charlie: Person, room: Room) -> None:
    """Hazard 11."""
    actions.rename_person(alice, "<img src=x onerror=alert(1)>")
    actions.invite_person(alice, room.pk, charlie.pk)
    link = actions.make_link(alice, room.pk)
    pages = [
        client_of(charlie).get("/rooms/"),
        client_of(charlie).get(f"/invitations/{link.token}/"),
        Client().get(f"/invitations/{link.token}/"),
        client_of(alice).get(f"/rooms/{room.pk}/invitations/"),
    ]
    for page in pages:
        assert b"<img src=x" not in page.content
