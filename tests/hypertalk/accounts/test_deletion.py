"""The page to delete one's account, and what remains of the user."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.test import Client

from chat import actions
from chat.models import Message, Person, Room
from hypertalk.accounts.models import User
from tests.conftest import client_of, say

PASSWORD = "talk-to-me"


def delete(client: Client, **data: str) -> Any:
    return client.post("/accounts/delete/", {"password": PASSWORD, "said": "stays"} | data)


def test_with_the_password_it_is_done(bob: Person, room: Room, mailoutbox: list[Any]) -> None:
    say(bob, room, "Stays")
    elsewhere = client_of(bob)
    client = client_of(bob)
    answer = delete(client)
    assert answer["Location"] == "/accounts/login/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'  # cached pages, drafts, the outbox
    assert "Clear-Site-Data" not in delete(Client())
    assert "Your account was deleted." in client.get("/accounts/login/").content.decode()
    assert Message.objects.get().body == "Stays"
    for gone in (client, elsewhere):
        assert gone.get("/rooms/").status_code == 302
    page = Client().post("/accounts/login/", {"login": "bob@example.com", "password": PASSWORD})
    assert page.status_code == 200
    Client().post("/accounts/password/reset/", {"email": "bob@example.com"})
    assert not any("/password/reset/key/" in mail.body for mail in mailoutbox)


def test_the_room_they_were_in_last_is_forgotten_too(bob: Person, room: Room) -> None:
    client = client_of(bob)
    client.cookies["chat_room"] = f"{bob.pk}.{room.pk}"
    answer = delete(client)
    assert User.objects.get(pk=bob.user_id).last_room is None
    assert (answer.cookies["chat_room"].value, answer.cookies["chat_room"]["path"]) == ("", "/")


def test_words_go_when_they_are_to_go(bob: Person, room: Room) -> None:
    say(bob, room, "Goes")
    assert delete(client_of(bob), said="goes").status_code == 302
    assert Message.objects.get().body == ""


def test_the_users_row_holds_nothing_that_says_who_it_was(bob: Person) -> None:
    user = bob.user
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.create(name="Keepers"))
    user.user_permissions.add(Permission.objects.first())
    assert EmailAddress.objects.filter(user=user).exists()
    actions.delete_account(bob, with_messages=False)
    user = User.objects.get(pk=user.pk)
    assert user.email == f"former-{user.pk}@former.invalid"
    assert not any([user.is_active, user.is_staff, user.is_superuser, user.has_usable_password()])
    addresses = EmailAddress.objects.filter(user=user)
    assert not any(rows.exists() for rows in (user.groups, user.user_permissions, addresses))
    assert user.last_login is None


def test_nor_does_the_journal_of_the_administration(ada: Person, bob: Person) -> None:
    client = client_of(ada)
    path = f"/admin/accounts/user/{bob.user_id}/change/"
    assert client.post(path, {"email": "robert@example.com"}).status_code == 302
    assert "robert@example.com" in str(LogEntry.objects.get())
    bob.user.refresh_from_db()
    actions.delete_account(bob, with_messages=False)
    assert "robert" not in str(LogEntry.objects.get())


def test_the_address_may_come_again(bob: Person) -> None:
    delete(client_of(bob))
    data = {"display_name": "Bob", "email": "bob@example.com", "password1": "four-words-are-easy"}
    assert Client().post("/accounts/signup/", data).status_code == 302
    again = Person.objects.get(user__email="bob@example.com")
    assert again.pk != bob.pk
    assert again.username == "bob"


@pytest.mark.parametrize(
    "data",
    [{"password": "wrong"}, {"password": ""}, {"said": "other"}, {"said": ""}, {"password": "x" * 5000}],
)
def test_anything_else_changes_nothing(bob: Person, data: dict[str, str]) -> None:
    answer = delete(client_of(bob), **data)
    assert answer.status_code == 422
    assert b"field__error" in answer.content
    assert Person.objects.get(pk=bob.pk).left_at is None


def test_who_cannot_go_is_told_which_rooms_are_in_the_way(alice: Person, room: Room) -> None:
    answer = delete(client_of(alice))
    assert answer.status_code == 422
    assert "rooms with other members: #harbour." in answer.content.decode()


def test_who_cannot_go_reads_it_before_typing_a_password(alice: Person, ada: Person, room: Room) -> None:
    for person, words in ((alice, "rooms with other members: #harbour."), (ada, "the only workspace owner")):
        page = client_of(person).get("/accounts/delete/").content.decode()
        assert words in page
        assert 'name="password"' not in page


def test_passwords_are_not_guessed_here(bob: Person) -> None:
    """Hazard 17: an unattended browser gives no way to guess passwords."""
    client = client_of(bob)
    cache.clear()
    codes = [delete(client, password=f"guess-{n}").status_code for n in range(12)]
    assert 429 in codes
    cache.clear()
    assert delete(client).status_code == 302


def test_without_a_password_one_is_set_first(bob: Person) -> None:
    bob.user.set_unusable_password()
    bob.user.save()
    page = client_of(bob).get("/accounts/delete/").content.decode()
    assert "Your account has no password yet" in page
    assert 'name="password"' not in page


def test_it_is_asked_for_by_whoever_is_signed_in(bob: Person) -> None:
    assert Client().get("/accounts/delete/").status_code == 302
    assert delete(Client()).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bob.user)
    assert delete(strict).status_code == 403
    assert Person.objects.get(pk=bob.pk).left_at is None
