"""The first visitor of a new workspace, and who may sign up afterwards."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from chat.models import Member, Person, Room
from hypertalk.accounts.first_run import AlreadyBegun, begin
from hypertalk.accounts.models import User, Workspace
from tests.conftest import client_of

WORDS = "four-words-are-easy"
pytestmark = pytest.mark.django_db


def given(**changes: str) -> dict[str, str]:
    return {
        "workspace": "Harbour & Sons",
        "display_name": "Olga",
        "email": "olga@example.com",
        "password": WORDS,
        "signup": "anyone",
        "domain": "",
    } | changes


def signing_up(email: str) -> dict[str, str]:
    return {"display_name": "New", "email": email, "password1": WORDS}


def test_the_first_visitor_becomes_the_owner_and_nobody_after_them() -> None:
    client = Client()
    for path in ("/", "/rooms/", "/accounts/login/", "/accounts/signup/", "/admin/"):
        assert client.get(path)["Location"] == "/welcome/"
    assert client.get("/healthz/").status_code == 200
    assert client.get("/welcome/").status_code == 200
    answer = client.post("/welcome/", given())
    room = Room.objects.get()
    assert answer["Location"] == f"/rooms/{room.pk}/"
    assert (room.name, room.kind) == ("general", "open")
    owner = User.objects.get()
    assert Member.objects.get(room=room, role="owner").person.user_id == owner.pk
    assert Workspace.current().name == "Harbour & Sons"
    assert owner.is_superuser
    assert Person.objects.get(user=owner).display_name == "Olga"
    assert client.get("/rooms/").status_code == 200
    late = Client()
    assert late.get("/welcome/").status_code == 404
    assert late.post("/welcome/", given(email="late@example.com")).status_code == 404
    assert User.objects.count() == 1


def test_where_there_are_people_already_nobody_becomes_the_owner(alice: Person) -> None:
    assert Client().get("/welcome/").status_code == 404
    with pytest.raises(AlreadyBegun):
        begin("late@example.com", WORDS, "Late", signup="anyone", domain="")
    assert not Workspace.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"workspace": " \u202e "},
        {"workspace": "x" * 61},
        {"password": "short"},
        {"password": "x" * 2000},
        {"email": "no address"},
        {"display_name": " \u202e "},
        {"signup": "whoever"},
        {"signup": "domain", "domain": "nonsense"},
        {"signup": "domain"},
    ],
)
def test_what_can_not_be_is_said_beside_its_field(wrong: dict[str, str]) -> None:
    answer = Client().post("/welcome/", given(**wrong))
    assert answer.status_code == 422
    assert b"field__error" in answer.content
    assert not User.objects.exists()


@pytest.mark.cache  # the first room is announced
@pytest.mark.django_db(transaction=True)
def test_of_many_first_visitors_at_once_one_is_the_owner() -> None:
    """Hazard 19."""
    ready = threading.Barrier(4)
    ends: list[str] = []

    def come(number: int) -> None:
        ready.wait(10)
        try:
            begin(f"first{number}@example.com", WORDS, "First", signup="anyone", domain="")
            ends.append("owner")
        except AlreadyBegun:
            ends.append("late")
        finally:
            connection.close()

    visitors = [threading.Thread(target=come, args=(n,)) for n in range(4)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(20)
    assert sorted(ends) == ["late", "late", "late", "owner"]
    assert User.objects.count() == Room.objects.count() == 1


def test_the_row_is_one() -> None:
    Workspace().save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace(id=2).save(force_insert=True)
    with pytest.raises(ValidationError):
        Workspace(signup="domain").full_clean()


def test_only_addresses_of_the_domain_come_in(alice: Person) -> None:
    Workspace(signup="domain", domain="@Example.COM").save()
    client = Client()
    for refused in ("eve@evil.example", "eve@example.com.evil.example", "eve@notexample.com"):
        answer = client.post("/accounts/signup/", signing_up(refused))
        assert "ends in @example.com" in answer.content.decode()
    assert client.post("/accounts/signup/", signing_up("new@EXAMPLE.com")).status_code == 302
    assert User.objects.filter(email="new@example.com").exists()


def test_nobody_signs_up_as_who_manages_the_workspace(alice: Person) -> None:
    User.objects.filter(pk=alice.user_id).update(is_superuser=True)
    Workspace().save()
    for name in ("Alice", "аlice", "A1ice"):
        data = signing_up("eve@example.com") | {"display_name": name}
        assert "A workspace owner or moderator" in Client().post("/accounts/signup/", data).content.decode()
    assert not User.objects.filter(email="eve@example.com").exists()


def test_where_people_are_invited_it_says_so(alice: Person) -> None:
    Workspace(signup="invited").save()
    client = Client()
    assert "Invitation only" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", signing_up("new@example.com"))
    assert User.objects.count() == 1


def test_the_owner_changes_it_in_the_administration(alice: Person) -> None:
    User.objects.filter(pk=alice.user_id).update(is_staff=True, is_superuser=True)
    Workspace().save()
    client = client_of(Person.objects.get(pk=alice.pk))
    path = "/admin/accounts/workspace/1/change/"
    assert client.get(path).status_code == 200
    wrong = client.post(path, {"signup": "domain", "domain": ""})
    assert "Enter a domain" in wrong.content.decode()
    assert client.post(path, {"signup": "domain", "domain": "Example.com"}).status_code == 302
    assert Workspace.objects.get().domain == "example.com"
    assert client.get("/admin/accounts/workspace/add/").status_code == 403
    assert client.post("/admin/accounts/workspace/1/delete/", {"post": "yes"}).status_code == 403


def test_its_address_of_older_releases_still_leads_there(alice: Person) -> None:
    """With the form that a page of before posts, and with the query of a bookmark."""
    User.objects.filter(pk=alice.user_id).update(is_staff=True, is_superuser=True)
    Workspace().save()
    client = client_of(Person.objects.get(pk=alice.pk))
    before = "/admin/accounts/installation/"
    found = client.get(f"{before}?q=example", follow=True)
    assert found.redirect_chain == [("/admin/accounts/workspace/?q=example", 307)]
    assert found.status_code == 200
    form = {"signup": "domain", "domain": "example.com"}
    assert client.post(f"{before}1/change/", form, follow=True).status_code == 200
    assert Workspace.objects.get().domain == "example.com"
    assert Client().post(f"{before}1/change/", {"domain": "evil.example"}, follow=True).status_code == 200
    assert Workspace.objects.get().domain == "example.com"


def test_afterwards_nothing_is_asked_about_it(alice: Person, django_assert_max_num_queries: Any) -> None:
    client = client_of(alice)
    client.get("/profile/")
    with django_assert_max_num_queries(5) as asked:
        client.get("/profile/")
    assert not [query for query in asked.captured_queries if Workspace._meta.db_table in query["sql"]]
