"""Moderation in the Django admin: it looks at everything and changes things only through the chat's own actions."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from chat import actions
from chat.live import publishing
from chat.live.events import AccountChanged, MemberChanged, MessageChanged, SessionEnded
from chat.models import Invitation, Member, Message, Person, Room
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


@pytest.fixture
def mia(make_person) -> Person:
    """Staff who may moderate messages and people; she is in no room."""
    person = make_person("Mia")
    person.user.is_staff = True
    person.user.save()
    names = ["view_message", "change_message", "view_person", "change_person"]
    person.user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def act(client: Client, model: str, action: str, *rows: Any, **more: str) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(f"/admin/chat/{model}/", data, follow=True)


def delete(client: Client, *messages: Message, **more: str) -> Any:
    return act(client, "message", "delete_messages", *messages, confirmed="yes", **more)


def test_a_moderators_click_is_live_and_logged(
    mia: Person, bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    messages = [say(bob, room, f"Rude words {n}") for n in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        page = delete(client_of(mia), *messages)
    assert b"2 messages are deleted" in page.content
    changed = [event.message for event in told if isinstance(event, MessageChanged)]
    assert sorted(m.pk for m in changed if m.deleted_at) == sorted(m.pk for m in messages)
    assert set(Message.objects.values_list("body", flat=True)) == {""}
    entries = LogEntry.objects.filter(user_id=mia.user_id)
    assert {entry.object_id for entry in entries} == {str(m.pk) for m in messages}
    room.refresh_from_db()
    assert room.version == Message.objects.latest("version").version


def test_deleting_asks_first(mia: Person, bob: Person, room: Room, told: list[Any]) -> None:
    message = say(bob, room, "<b>Rude</b> words")
    page = act(client_of(mia), "message", "delete_messages", message)
    assert "admin/chat/message/delete_messages.html" in [template.name for template in page.templates]
    assert str(message.pk) in page.content.decode()
    assert b"<b>Rude" not in page.content
    message.refresh_from_db()
    assert message.deleted_at is None
    assert not LogEntry.objects.exists()


def test_what_is_done_already_is_not_done_nor_logged_again(
    mia: Person, bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    message = say(bob, room)
    actions.moderate_message(message.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert b"Nothing to do" in delete(client_of(mia), message).content
        assert b"Nothing to do" in act(client_of(mia), "person", "reactivate", bob).content
    assert not [event for event in told if not isinstance(event, SessionEnded)]  # those are of signing in
    assert not LogEntry.objects.exists()


def test_select_all_cannot_empty_the_place_with_one_click(
    mia: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.admin.AT_ONCE", 2)
    messages = [say(bob, room, f"Good words {n}") for n in range(3)]
    page = delete(client_of(mia), messages[0], select_across="1")
    assert b"At most 2 at a time" in page.content
    act(client_of(mia), "person", "deactivate", bob, select_across="1")
    assert not Message.objects.exclude(deleted_at=None).exists()
    assert Member.objects.current().filter(person=bob).exists()


def test_a_click_that_cannot_be_logged_changes_nothing(
    mia: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say(bob, room)

    def full(*args: Any) -> None:
        raise OSError

    monkeypatch.setattr("chat.admin.MessageAdmin.log_change", full)
    with pytest.raises(OSError):
        delete(client_of(mia), message)
    message.refresh_from_db()
    assert message.deleted_at is None


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


def test_nobody_deactivates_themselves_nor_staff_a_superuser(ada: Person, mia: Person, bob: Person) -> None:
    assert b"Not yourself" in act(client_of(ada), "person", "deactivate", ada).content
    assert b"Not yourself" in act(client_of(mia), "person", "deactivate", ada, bob).content
    for person in (ada, bob):
        person.user.refresh_from_db()
        assert person.user.is_active
    actions.deactivate_person(ada)
    act(client_of(mia), "person", "reactivate", ada)
    ada.user.refresh_from_db()
    assert not ada.user.is_active


def test_staff_without_the_permission_only_look(alice: Person, bob: Person, room: Room) -> None:
    alice.user.is_staff = True
    alice.user.save()
    alice.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    message = say(bob, room)
    client = client_of(alice)
    assert client.get("/admin/chat/message/").status_code == 200
    delete(client, message)
    act(client, "person", "deactivate", bob)
    message.refresh_from_db()
    bob.user.refresh_from_db()
    assert message.deleted_at is None
    assert bob.user.is_active
    assert client_of(bob).get("/admin/chat/message/").status_code == 302


def test_nothing_of_the_chat_is_added_saved_or_deleted_by_hand(
    ada: Person, alice: Person, bob: Person, room: Room
) -> None:
    message = say(bob, room)
    actions.make_link(alice, room.pk)
    client = client_of(ada)
    for model, row in (
        ("message", message),
        ("person", bob),
        ("room", room),
        ("member", Member.objects.first()),
        ("invitation", Invitation.objects.first()),
    ):
        assert row is not None
        assert client.get(f"/admin/chat/{model}/add/").status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        page = client.get(f"/admin/chat/{model}/")
        assert b"delete_selected" not in page.content


def test_every_page_opens_searches_and_keeps_to_the_policy(
    ada: Person, alice: Person, bob: Person, room: Room
) -> None:
    message = say(bob, room, "Findable <i>words</i>")
    actions.make_link(alice, room.pk)
    client = client_of(ada)
    paths = ["", "chat/"]
    for model, row in (
        ("message", message),
        ("person", bob),
        ("room", room),
        ("member", Member.objects.first()),
        ("invitation", Invitation.objects.first()),
    ):
        assert row is not None
        paths += [f"chat/{model}/{end}" for end in ("", "?q=o", f"{row.pk}/change/", f"{row.pk}/history/")]
    for path in paths:
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        assert not inline_parts(answer.content.decode()), path
    asking = act(client, "message", "delete_messages", message).content.decode()
    assert not inline_parts(asking)


def inline_parts(page: str) -> list[str]:
    """What the browser would refuse: scripts and styles in the page without its nonce, style= and on…= attributes."""
    tags = re.findall(r"<(?:script|style)(?![^>]*(?:nonce=|src=|application/json))[^>]*>", page)
    return tags + re.findall(r"<[a-z]+[^>]*\s(?:style|on[a-z]+)=[^>]*>", page)


@pytest.mark.parametrize(
    ("model", "word", "found"),
    [
        ("message", "findable", True),
        ("message", "bob", True),
        ("message", "nowhere", False),
        ("person", "bob@example", True),
        ("room", "ships", True),
        ("member", "harbour", True),
    ],
)
def test_searching_finds(model: str, word: str, found: bool, ada: Person, bob: Person, room: Room) -> None:
    say(bob, room, "Findable words")
    page = client_of(ada).get(f"/admin/chat/{model}/?q={word}")
    assert bool(page.context["cl"].result_list) is found


def test_a_message_shows_its_text_as_it_was_written(ada: Person, bob: Person, room: Room) -> None:
    message = say(bob, room, "**Loud** <i>words</i>")
    page = client_of(ada).get(f"/admin/chat/message/{message.pk}/change/").content.decode()
    assert "**Loud** &lt;i&gt;words&lt;/i&gt;" in page
    assert 'name="body"' not in page


@pytest.mark.parametrize(
    "path", ["message/", "person/", "member/", "room/", "room/{room}/change/", "invitation/"]
)
def test_pages_take_the_same_queries_however_long(
    path: str, ada: Person, alice: Person, room: Room, make_person, django_assert_max_num_queries
) -> None:
    client = client_of(ada)

    def another(n: int) -> None:
        """One more person, room, membership, message and invitation."""
        person = make_person(f"Person{n}")
        actions.invite_person(alice, room.pk, person.pk)
        made = actions.create_room(person, name=f"room-{n}", topic="", kind="open")
        say(person, made)
        actions.add_member(alice, room.pk, person.username)

    def count() -> int:
        with django_assert_max_num_queries(30) as counted:
            page = client.get(f"/admin/chat/{path.format(room=room.pk)}")
        assert page.status_code == 200
        return len(counted)

    another(0)
    another(1)
    count()  # a process asks once which content type a model has
    few = count()
    for n in range(2, 30):
        another(n)
    assert count() == few


def test_invitations_are_taken_back_whoever_made_them(ada: Person, alice: Person, room: Room) -> None:
    link, other = actions.make_link(alice, room.pk), actions.make_link(alice, room.pk)
    page = act(client_of(ada), "invitation", "revoke", link)
    assert b"One invitation is taken back" in page.content
    assert list(Invitation.objects.open()) == [other]
    assert LogEntry.objects.get().object_id == str(link.pk)
    assert b"Nothing to do" in act(client_of(ada), "invitation", "revoke", link).content
    page = client_of(ada).get(f"/admin/chat/invitation/{other.pk}/change/").content.decode()
    assert other.token not in page


def test_the_admin_has_no_door_of_its_own(alice: Person) -> None:
    answer = Client().get("/admin/")
    assert answer.status_code == 302
    page = Client().get("/admin/login/?next=/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
