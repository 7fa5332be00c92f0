"""Users in the Django admin: created and managed by email address, never deleted, and deactivated only as people."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from chat.models import Person
from hypertalk.accounts.models import User
from tests.conftest import client_of

WORDS = "four-words-are-easy"


@pytest.fixture
def ada(make_person) -> Person:
    """A superuser."""
    return promote(make_person("Ada"), is_superuser=True)


@pytest.fixture
def mia(make_person) -> Person:
    """Staff who manage users, but not a superuser."""
    person = promote(make_person("Mia"))
    person.user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["accounts"]))
    return person


def promote(person: Person, **rights: bool) -> Person:
    User.objects.filter(pk=person.user_id).update(is_staff=True, **rights)
    return Person.objects.get(pk=person.pk)


def new(email: str) -> dict[str, str]:
    return {"email": email, "usable_password": "true", "password1": WORDS, "password2": WORDS}


def change(client: Client, person: Person, **data: Any) -> Any:
    return client.post(f"/admin/accounts/user/{person.user_id}/change/", data)


def signs_in(email: str, password: str = WORDS) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_a_new_user_has_a_person_and_signs_in(mia: Person) -> None:
    assert client_of(mia).post("/admin/accounts/user/add/", new("New@Example.com")).status_code == 302
    person = Person.objects.get(user__email="new@example.com")
    assert (person.display_name, person.username) == ("new", "new")
    assert signs_in("new@example.com")


def test_an_address_in_other_letters_is_the_same_address(ada: Person, bob: Person) -> None:
    page = client_of(ada).post("/admin/accounts/user/add/", new("BOB@example.com"))
    assert page.status_code == 200
    assert b"There is already an account with this address." in page.content


def test_every_page_opens(ada: Person, mia: Person, bob: Person) -> None:
    for client in (client_of(ada), client_of(mia)):
        for path in ("", "?q=bob", "?is_staff__exact=1", "add/", f"{bob.user_id}/change/"):
            assert client.get(f"/admin/accounts/user/{path}").status_code == 200
        assert client.get(f"/admin/accounts/user/{bob.user_id}/password/").status_code == 200
    found = client_of(ada).get("/admin/accounts/user/?q=bob@").context["cl"].result_list
    assert [user.email for user in found] == ["bob@example.com"]


def test_active_is_no_checkbox(ada: Person, bob: Person) -> None:
    page = client_of(ada).get(f"/admin/accounts/user/{bob.user_id}/change/").content
    assert b'name="is_active"' not in page
    assert (
        change(client_of(ada), bob, email="bob@example.com").status_code == 302
    )  # no box ticked: none unticked
    bob.user.refresh_from_db()
    assert bob.user.is_active


def test_rights_are_given_by_superusers_alone(ada: Person, mia: Person, bob: Person) -> None:
    wanted = {
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [str(Permission.objects.earliest("pk").pk)],
    }
    for person in (bob, mia):
        change(client_of(mia), person, email=person.user.email, **wanted)
        user = User.objects.get(pk=person.user_id)
        assert not user.is_superuser
        assert user.is_staff is (person == mia)
    # Roles in the workspace are not set here: that is an action, with its entry in the audit log.
    change(
        client_of(ada),
        bob,
        email="bob@example.com",
        is_staff="on",
        user_permissions=wanted["user_permissions"],
    )
    user = User.objects.get(pk=bob.user_id)
    assert (user.is_staff, user.user_permissions.count()) == (False, 1)


@pytest.mark.parametrize("rights", [{"is_superuser": True}, {"is_staff": True}])
def test_staff_do_not_take_over_who_manages_the_workspace(
    bob: Person, mia: Person, rights: dict[str, bool]
) -> None:
    User.objects.filter(pk=bob.user_id).update(**rights)
    client = client_of(mia)
    assert change(client, bob, email="mia2@example.com").status_code == 403
    path = f"/admin/accounts/user/{bob.user_id}/password/"
    assert client.get(path).status_code == 403
    assert client.post(path, {"password1": WORDS, "password2": WORDS}).status_code == 403
    assert signs_in("bob@example.com", "talk-to-me")


def test_a_password_is_given_anew(ada: Person, bob: Person) -> None:
    data = {"usable_password": "true", "password1": WORDS, "password2": WORDS}
    answer = client_of(ada).post(f"/admin/accounts/user/{bob.user_id}/password/", data)
    assert answer.status_code == 302
    assert signs_in("bob@example.com")
    assert not signs_in("bob@example.com", "talk-to-me")


def test_an_address_that_was_replaced_opens_nothing(ada: Person, mailoutbox: list[Any]) -> None:
    """allauth stores addresses itself, and would still accept the old one for sign-in and resets."""
    Client().post(
        "/accounts/signup/", {"display_name": "Zoe", "email": "zoe@old.example", "password1": WORDS}
    )
    zoe = Person.objects.get(display_name="Zoe")
    assert signs_in("zoe@old.example")
    change(client_of(ada), zoe, email="Zoe@New.example")
    assert not signs_in("zoe@old.example")
    assert signs_in("zoe@new.example")
    mailoutbox.clear()
    Client().post("/accounts/password/reset/", {"email": "zoe@old.example"})
    assert not any("/password/reset/key/" in mail.body for mail in mailoutbox)


def test_nothing_is_deleted_and_addresses_have_no_page_of_their_own(ada: Person, bob: Person) -> None:
    client = client_of(ada)
    assert client.post(f"/admin/accounts/user/{bob.user_id}/delete/", {"post": "yes"}).status_code == 403
    assert b"delete_selected" not in client.get("/admin/accounts/user/").content
    assert not admin.site.is_registered(EmailAddress)
    assert client.get("/admin/account/emailaddress/").status_code == 404


def test_the_list_takes_the_same_queries_however_long(
    ada: Person, make_person, django_assert_max_num_queries
) -> None:
    client = client_of(ada)

    def count() -> int:
        with django_assert_max_num_queries(15) as counted:
            assert client.get("/admin/accounts/user/").status_code == 200
        return len(counted)

    make_person("Second")
    client.get("/admin/")  # the first request checks for first run, and records the session
    few = count()
    for n in range(2, 30):
        make_person(f"Person{n}")
    assert count() == few
