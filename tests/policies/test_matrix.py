"""Everybody tries every door: docs/moderating.md says who gets through, and the others change nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse

from chat import urls
from tests.policies import cases  # noqa: F401 - fills the doors
from tests.policies.routes import Door, doors
from tests.policies.table import table
from tests.policies.world import NEVER, Trier, World, build, state

pytestmark = pytest.mark.django_db
TABLE = table()
HEAR = "receive it live"  # test_sockets.py
# Leads to the rooms, whoever asks; and what holds nothing of anyone (tests/chat/pwa/test_pwa.py).
OUTSIDE = {"chat:home", "chat:manifest", "chat:worker", "chat:offline"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once: every attempt is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world: World) -> str:
    return state()


def refused(answer: HttpResponse) -> bool:
    to_sign_in = answer.status_code == 302 and "/login/" in answer["Location"]
    return to_sign_in or answer.status_code in {401, 403, 404}


def wrong(world: World, before: str, door: Door, place: str, name: str, may: bool, *, script: bool) -> str:
    """What is wrong with how a door answered, if anything is."""
    with transaction.atomic():
        answer = door.attempt(Trier(world, name, script=script), place)
        changed = state() != before
        if answer.streaming:
            b"".join(answer)  # to its end, where its file is closed
        transaction.set_rollback(True)
    led_on = answer.status_code == 302 and not refused(answer)
    through = changed if door.acts else answer.status_code == 200 or led_on
    said = f"{name} {'with' if script else 'without'} script at {door.route}: {answer.status_code}"
    if may != through:
        return f"{said}, {'something' if changed else 'nothing'} changed"
    if not may and changed:
        return f"{said}, and yet something changed"
    if not may and not door.admin and not refused(answer):
        return f"{said} is no refusal"
    return ""


@pytest.mark.parametrize(
    ("place", "deed"), [row for row in TABLE if row[1] != HEAR], ids=lambda word: word.replace(" ", "-")
)
def test_who_may(place: str, deed: str, world: World, before: str) -> None:
    assert doors[place, deed], "nobody tries this"
    columns = TABLE[place, deed] | dict.fromkeys(NEVER, False)
    found = [
        wrong(world, before, door, place, name, may, script=script)
        for door in doors[place, deed]
        for name, may in columns.items()
        for script in door.ways
    ]
    assert not any(found), "\n".join(filter(None, found))


def test_every_deed_that_is_tried_stands_in_the_table() -> None:
    assert set(doors) == {row for row in TABLE if row[1] != HEAR}


def test_every_address_is_tried() -> None:
    tried = {door.route for each in doors.values() for door in each}
    addresses = {f"chat:{pattern.name}" for pattern in urls.urlpatterns}
    assert addresses - tried == OUTSIDE


def test_every_action_of_the_administration_is_tried(rf, world: World) -> None:
    tried = {door.route for each in doors.values() for door in each}
    request = rf.get("/")
    request.user = world.person("workspace owner").user
    offered = {
        f"admin:{model._meta.model_name}.{action}"
        for model, page in admin.site._registry.items()
        if model._meta.app_label == "chat"
        for action in page.get_actions(request)
    }
    assert offered <= tried
