"""Moderation in the Django admin: it looks at everything and changes things only through the chat's own actions."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from chat.live import publishing
from chat.live.events import AccountChanged, MemberChanged, MessageChanged
from chat.models import Member, Message, Person, Room
from tests.conftest import client_of, say


@pytest.fixture
def ada(make_person) -> Person:
    """A superuser who is in no room."""
    person = make_person("Ada")
    person.user.is_staff = person.user.is_superuser = True
    person.user.save()
    return person


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is published."""
    events: list[Any] = []
    monkeypatch.setattr(publishing, "_send", events.extend)
    return events


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/chat/{model}/", data, follow=True)


def test_a_moderators_click_is_live_and_logged(
    ada: Person, bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    messages = [say(bob, room, f"Rude words {n}") for n in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        page = act(client_of(ada), "message", "delete_messages", *messages)
    assert b"2 messages are deleted" in page.content
    changed = [event.message for event in told if isinstance(event, MessageChanged)]
    assert {m.pk for m in messages} <= {m.pk for m in changed if m.deleted_at}
    assert set(Message.objects.values_list("body", flat=True)) == {""}
    assert LogEntry.objects.filter(user_id=ada.user_id).count() == 2
    room.refresh_from_db()
    assert room.version == Message.objects.latest("version").version


def test_deactivating_a_person_ends_everything_at_once(
    ada: Person, bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act(client_of(ada), "person", "deactivate", bob)
    assert not Member.objects.current().filter(person=bob).exists()
    assert {MemberChanged, AccountChanged} <= {type(event) for event in told}
    assert LogEntry.objects.get().object_id == str(bob.pk)
    act(client_of(ada), "person", "reactivate", bob)
    assert Member.objects.current().filter(person=bob).exists()


def test_nobody_deactivates_themselves_nor_staff_a_superuser(ada: Person, alice: Person) -> None:
    page = act(client_of(ada), "person", "deactivate", ada)
    assert b"Not yourself" in page.content
    alice.user.is_staff = True
    alice.user.save()
    alice.user.user_permissions.set(
        Permission.objects.filter(content_type__app_label__in=["chat", "accounts"])
    )
    act(client_of(alice), "person", "deactivate", ada)
    ada.user.refresh_from_db()
    assert ada.user.is_active
    assert client_of(alice).get(f"/admin/accounts/user/{ada.user_id}/password/").status_code == 403


def test_staff_without_the_permission_only_look(alice: Person, bob: Person, room: Room) -> None:
    alice.user.is_staff = True
    alice.user.save()
    alice.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    message = say(bob, room)
    client = client_of(alice)
    assert client.get("/admin/chat/message/").status_code == 200
    act(client, "message", "delete_messages", message)
    message.refresh_from_db()
    assert message.deleted_at is None


def test_nothing_of_the_chat_is_added_saved_or_deleted_by_hand(ada: Person, bob: Person, room: Room) -> None:
    message = say(bob, room)
    client = client_of(ada)
    for model, row in (
        ("message", message),
        ("person", bob),
        ("room", room),
        ("member", Member.objects.first()),
    ):
        assert row is not None
        assert client.get(f"/admin/chat/{model}/add/").status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        page = client.get(f"/admin/chat/{model}/")
        assert b"delete_selected" not in page.content
    assert client.post(f"/admin/accounts/user/{bob.user_id}/delete/", {"post": "yes"}).status_code == 403


def test_every_page_opens_and_searches(ada: Person, bob: Person, room: Room) -> None:
    message = say(bob, room, "Findable words")
    client = client_of(ada)
    assert client.get("/admin/").status_code == 200
    for model, row in (
        ("message", message),
        ("person", bob),
        ("room", room),
        ("member", Member.objects.first()),
    ):
        assert row is not None
        assert client.get(f"/admin/chat/{model}/?q=o").status_code == 200
        assert client.get(f"/admin/chat/{model}/{row.pk}/change/").status_code == 200
    assert b"Findable" in client.get("/admin/chat/message/?q=findable").content
    for path in ("", "add/", f"{bob.user_id}/change/", f"{bob.user_id}/password/"):
        assert client.get(f"/admin/accounts/user/{path}").status_code == 200


@pytest.mark.parametrize(
    "path", ["chat/message/", "chat/person/", "chat/member/", "chat/room/", "accounts/user/"]
)
def test_lists_take_the_same_queries_however_long(
    path: str, ada: Person, alice: Person, bob: Person, room: Room, make_person, django_assert_max_num_queries
) -> None:
    from chat import actions

    client = client_of(ada)
    say(bob, room)

    def count() -> int:
        with django_assert_max_num_queries(30) as counted:
            assert client.get(f"/admin/{path}").status_code == 200
        return len(counted)

    few = count()
    for n in range(10):
        person = make_person(f"Person{n}")
        made = actions.create_room(alice, name=f"room-{n}", topic="", kind="open")
        actions.join_room(person, made.pk)
        say(person, made)
    assert count() == few


def test_a_new_user_has_a_person_and_inactive_is_no_checkbox(ada: Person) -> None:
    client = client_of(ada)
    data = {
        "email": "New@Example.com",
        "usable_password": "true",
        "password1": "four-words-are-easy",
        "password2": "four-words-are-easy",
    }
    assert client.post("/admin/accounts/user/add/", data).status_code == 302
    person = Person.objects.get(user__email="new@example.com")
    page = client.get(f"/admin/accounts/user/{person.user_id}/change/").content
    assert b'name="is_active"' not in page
    assert b'name="is_staff"' in page


def test_the_admin_has_no_door_of_its_own() -> None:
    answer = Client().get("/admin/")
    assert answer.status_code == 302
    page = Client().get("/admin/login/?next=/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
