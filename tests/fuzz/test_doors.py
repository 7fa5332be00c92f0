"""Every address, whatever is sent there, by somebody signed out, removed, a member and the owner of the place."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, note
from hypothesis import strategies as st

from tests.fuzz.addresses import addresses
from tests.fuzz.budget import looks
from tests.fuzz.inspecting import Desk
from tests.fuzz.requests import requests
from tests.fuzz.scene import PEOPLE, arrange, known

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """Made once: every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        desk = Desk(arrange())
        yield desk
        desk.leave()
        transaction.set_rollback(True)


@pytest.mark.parametrize("route", addresses())
def test_no_request_breaks_or_opens_anything(route: str, desk: Desk) -> None:
    @looks(3, route)
    @given(requests(route, desk.scene.ids, known(desk.scene)), st.sampled_from(PEOPLE))
    def ask(asked: Any, name: str) -> None:
        wrong = desk.ask(asked, name)
        note(f"{asked.method} {asked.path[:200]!r} by {name}")
        assert not wrong, wrong

    ask()
