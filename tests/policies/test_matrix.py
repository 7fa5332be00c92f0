"""Every kind of person tries every action: docs/moderating.md says who may, and the others change nothing."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import HttpResponse

from chat import urls
from chat.actions.locking import raise_person_version
from chat.db import sql
from chat.models import Block, Room
from tests.policies.cases import collect
from tests.policies.routes import CLOSED, Case, cases
from tests.policies.table import table
from tests.policies.world import NEVER, Trier, World, build, state
from tests.support.writes import written

pytestmark = pytest.mark.django_db
collect()
TABLE = table()
HEAR = "receive it live"  # test_sockets.py
# The redirect to the rooms, the same for everyone; and addresses without personal data (tests/chat/pwa/test_pwa.py).
OUTSIDE = {"chat:home", "chat:manifest", "chat:worker", "chat:offline"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Created once: every attempt is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def before(world: World) -> str:
    return state()


def ways(case: Case) -> tuple[bool, ...]:
    """With script or without makes no difference to the database: on PostgreSQL each route is tried in one way only."""
    return case.ways if connection.vendor == "sqlite" else case.ways[-1:]


def refused(answer: HttpResponse) -> bool:
    to_sign_in = answer.status_code == 302 and "/login/" in answer["Location"]
    return to_sign_in or answer.status_code in {401, 403, 404}


def wrong(world: World, before: str, case: Case, scope: str, name: str, may: bool, *, script: bool) -> str:
    """What is wrong with a route's answer, if anything."""
    with transaction.atomic(), written() as writes:
        answer = case.attempt(Trier(world, name, script=script), scope)
        if answer.streaming:
            b"".join(answer)  # to the end, where its file is closed
        # An allowed action must show in the rows afterwards; a forbidden one must not even try to write.
        changed = state() != before if may and case.acts else bool(writes)
        transaction.set_rollback(True)
    led_on = answer.status_code == 302 and not refused(answer)
    through = changed if case.acts else answer.status_code == 200 or led_on
    what = f"{name} {'with' if script else 'without'} script at {case.route}: {answer.status_code}"
    if changed and not writes:
        return f"{what}, something changed by a statement that nobody took for a write"
    if not case.acts and changed:
        return f"{what}, and looking changed something: {writes}"
    if may != through:
        return f"{what}, {'something' if changed else 'nothing'} changed"
    if not may and changed:
        return f"{what}, and yet something changed"
    if not may and not case.admin and not refused(answer):
        return f"{what} is no refusal"
    return ""


@pytest.mark.parametrize(
    ("scope", "action"), [row for row in TABLE if row[1] != HEAR], ids=lambda word: word.replace(" ", "-")
)
def test_who_may(scope: str, action: str, world: World, before: str) -> None:
    assert cases[scope, action], "nobody tries this"
    columns = TABLE[scope, action] | dict.fromkeys(NEVER, False)
    found = [
        wrong(world, before, case, scope, name, may, script=script)
        for case in cases[scope, action]
        for name, may in columns.items()
        for script in ways(case)
    ]
    assert not any(found), "\n".join(filter(None, found))


def test_every_action_that_is_tried_stands_in_the_table() -> None:
    assert set(cases) == {row for row in TABLE if row[1] != HEAR}


def test_every_address_is_tried() -> None:
    tried = {case.route for each in cases.values() for case in each}
    addresses = {f"chat:{pattern.name}" for pattern in urls.urlpatterns}
    assert addresses - tried == OUTSIDE


def test_every_action_of_the_administration_is_tried(rf, world: World) -> None:
    tried = {case.route for each in cases.values() for case in each}
    request = rf.get("/")
    request.user = world.person("workspace owner").user
    offered = {
        f"admin:{model._meta.model_name}.{action}"
        for model, page in admin.site._registry.items()
        if model._meta.app_label in {"chat", "jobs"}
        for action in page.get_actions(request)
    }
    assert offered <= tried


def test_a_write_that_a_refusal_left_behind_is_found(
    world: World, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted bug: a refused attempt writes anyway, in each of the ways in which the chat writes."""
    case, room = cases[CLOSED, "post messages"][0], world.room(CLOSED)
    person, other = world.person("stranger"), world.person("other")
    plants: dict[str, Callable[[], object]] = {
        "a row more": lambda: Block.objects.create(person=person, blocked=other),
        "rows at once": lambda: Block.objects.bulk_create([Block(person=person, blocked=other)]),
        "a row less": lambda: world.member(CLOSED, "other").delete(),
        "a row changed": lambda: Room.objects.filter(pk=room.pk).update(topic="Leaked"),
        "a version raised": lambda: raise_person_version(person),
        "by hand": lambda: sql.run(("UPDATE chat_person SET version = version + 1", ())),
    }
    for name, leak in plants.items():
        with monkeypatch.context() as put:
            real = Trier.post
            put.setattr(Trier, "post", lambda *a, leak=leak, real=real, **data: (leak(), real(*a, **data))[1])
            assert "something changed" in wrong(
                world, before, case, CLOSED, "stranger", may=False, script=True
            ), name
    assert not wrong(world, before, case, CLOSED, "stranger", may=False, script=True)
    with transaction.atomic(), written() as writes:
        Room.objects.filter(pk=uuid4()).update(topic="Nobody's")
        with suppress(ZeroDivisionError), transaction.atomic():
            Room.objects.filter(pk=room.pk).update(topic="Taken back")
            raise ZeroDivisionError
        assert not writes, "what leaves nothing behind is no write"
        transaction.set_rollback(True)
