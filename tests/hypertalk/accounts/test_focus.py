"""The first field of a form has the focus, or the one that is wrong; and only one has it."""

import re

import pytest
from django.test import Client

from chat.models import Person
from tests.conftest import client_of

FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*\bautofocus\b[^>]*>")


def focused(page: str) -> list[str]:
    """The names of the fields of the page that have the focus; of its dialogs, none is open."""
    shown = re.sub(r"<dialog.*?</dialog>|<template.*?</template>", "", page, flags=re.DOTALL)
    return [re.findall(r' name="(\w+)"', field)[0] for field in FIELD.findall(shown)]


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/login/", "login"),
        ("/accounts/signup/", "display_name"),
        ("/accounts/password/reset/", "email"),
    ],
)
def test_of_a_guest(path: str, name: str) -> None:
    assert focused(Client().get(path).text) == [name]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/password/change/", "oldpassword"),
        ("/accounts/reauthenticate/", "password"),
        ("/accounts/delete/", "said"),
        ("/rooms/new/", "name"),
        ("/profile/", "display_name"),
    ],
)
def test_of_a_person(alice: Person, path: str, name: str) -> None:
    assert focused(client_of(alice).get(path).text) == [name]


@pytest.mark.django_db
def test_in_an_empty_workspace() -> None:
    assert focused(Client().get("/welcome/").text) == ["workspace"]
    wrong = {"workspace": "Harbour", "display_name": "Olga", "email": "nonsense", "password": "short"}
    assert focused(Client().post("/welcome/", wrong | {"signup": "anyone"}).text) == ["email"]


@pytest.mark.cache  # sign-in is rate limited
@pytest.mark.usefixtures("alice")
def test_after_a_wrong_password_it_is_typed_again() -> None:
    page = Client().post("/accounts/login/", {"login": "alice@example.com", "password": "wrong"}).text
    assert focused(page) == ["password"]
