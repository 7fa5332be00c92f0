"""Moderation in the Django admin: it reads everything, and writes only through the chat's own actions."""

import re
import threading
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client

from chat import actions
from chat.actions.locking import lock_user
from chat.events import publishing
from chat.events.types import AccountChanged, MemberChanged, MessageChanged, SessionEnded
from chat.models import AuditEntry, Ban, Invitation, Member, Message, Person, Room
from tests.conftest import client_of, say


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The published events."""
    events: list[Any] = []
    monkeypatch.setattr(publishing, "_send", events.extend)
    return events


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
    assert b"2 changed." in page.content
    changed = [event.message for event in told if isinstance(event, MessageChanged)]
    assert sorted(m.pk for m in changed if m.deleted_at) == sorted(m.pk for m in messages)
    assert set(Message.objects.values_list("body", flat=True)) == {""}
    assert {e.message_id for e in AuditEntry.objects.filter(actor=mia)} == {m.pk for m in messages}
    room.refresh_from_db()
    assert room.version == Message.objects.latest("version").version


def test_a_filter_that_the_database_does_not_know_is_no_error(mia: Person) -> None:
    """SQLite does not search in JSON."""
    answer = client_of(mia).get("/admin/chat/auditentry/", {"details__contains": "{}"}, follow=True)
    assert answer.status_code == 200


def test_deleting_asks_first(mia: Person, bob: Person, room: Room, told: list[Any]) -> None:
    message = say(bob, room, "<b>Rude</b> words")
    page = act(client_of(mia), "message", "delete_messages", message)
    assert "admin/chat/message/delete_messages.html" in [template.name for template in page.templates]
    assert str(message.pk) in page.content.decode()
    assert b"<b>Rude" not in page.content
    message.refresh_from_db()
    assert message.deleted_at is None
    assert not AuditEntry.objects.exists()


def test_what_is_done_already_is_not_done_nor_logged_again(
    mia: Person, bob: Person, room: Room, told: list[Any], django_capture_on_commit_callbacks
) -> None:
    message = say(bob, room)
    actions.delete_message(bob, message.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert b"Nothing to change" in delete(client_of(mia), message).content
        assert b"Nothing to change" in act(client_of(mia), "person", "reactivate", bob).content
    assert not [event for event in told if not isinstance(event, SessionEnded)]  # these belong to sign-in
    assert not AuditEntry.objects.exists()


def test_select_all_cannot_empty_the_workspace_with_one_click(
    mia: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.admin.base.AT_ONCE", 2)
    messages = [say(bob, room, f"Good words {n}") for n in range(3)]
    page = delete(client_of(mia), messages[0], select_across="1")
    assert b"Choose at most 2 at a time" in page.content
    act(client_of(mia), "person", "deactivate", bob, select_across="1")
    assert not Message.objects.exclude(deleted_at=None).exists()
    assert Member.objects.current().filter(person=bob).exists()


def test_a_click_that_cannot_be_logged_changes_nothing(
    mia: Person, bob: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = say(bob, room)

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError

    monkeypatch.setattr("chat.actions.messages.note", full)
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
    assert AuditEntry.objects.get().person == bob
    act(client_of(ada), "person", "reactivate", bob)
    assert Member.objects.current().filter(person=bob).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has no row locks")
def test_several_who_are_put_out_at_once_hold_no_room_while_they_wait_for_one_of_them(
    ada: Person, alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    """Otherwise the admin and a person who joins would deadlock."""

    def put_out() -> None:
        act(client_of(ada), "person", "deactivate", bob, charlie)
        connection.close()

    waiting = threading.Thread(target=put_out)
    with transaction.atomic():
        lock_user(charlie)
        waiting.start()
        with connection.cursor() as cursor:
            for _ in range(20_000):
                cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
                if cursor.fetchone():
                    break
            else:
                pytest.fail("nobody waits")
        assert Room.objects.select_for_update(nowait=True).get(pk=room.pk)
    waiting.join(10)
    assert not Person.objects.active().filter(pk__in=[bob.pk, charlie.pk]).exists()


def test_nobody_deactivates_themselves_nor_staff_a_superuser(ada: Person, mia: Person, bob: Person) -> None:
    refused = b"You can&#x27;t deactivate or reactivate this person."
    assert refused in act(client_of(ada), "person", "deactivate", ada).content
    assert refused in act(client_of(mia), "person", "deactivate", bob, ada).content
    for person in (ada, bob):
        person.user.refresh_from_db()
        assert person.user.is_active
    actions.deactivate_person(ada)
    act(client_of(mia), "person", "reactivate", ada)
    ada.user.refresh_from_db()
    assert not ada.user.is_active


def test_the_administration_is_for_those_who_moderate_the_workspace(
    mia: Person, alice: Person, bob: Person, room: Room
) -> None:
    """Being a room's owner is not enough, and neither are Django's own permissions."""
    message = say(bob, room)
    report = actions.report_message(alice, message.pk, "spam")
    alice.user.user_permissions.set(Permission.objects.all())
    pages = [
        f"/admin/chat/{model}/" for model in ("message", "person", "room", "report", "ban", "auditentry")
    ]
    for path in (*pages, "/admin/chat/report/counts/", f"/admin/chat/report/{report.pk}/change/"):
        assert client_of(alice).get(path).status_code == 302, path
        assert client_of(mia).get(path).status_code == 200, path
    for path in ("decide", "undo"):
        assert client_of(alice).post(f"/admin/chat/report/{report.pk}/{path}/").status_code == 302
    delete(client_of(alice), message)
    assert not AuditEntry.objects.exists()


def test_what_people_say_to_each_other_directly_is_seen_only_when_it_was_reported(
    ada: Person, alice: Person, bob: Person
) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    hidden, reported, after = (say(bob, direct, words) for words in ("Between us", "Rude words", "And more"))
    report = actions.report_message(alice, reported.pk, "abuse")
    client = client_of(ada)
    for path in ("message/", "message/?q=us", "room/", "member/", "report/", f"report/{report.pk}/change/"):
        page = client.get(f"/admin/chat/{path}").content
        assert b"Between us" not in page, path
        assert b"And more" not in page, path
    assert b"Rude words" in client.get("/admin/chat/message/").content
    for path in (f"message/{hidden.pk}", f"message/{after.pk}", f"room/{direct.pk}"):
        assert client.get(f"/admin/chat/{path}/change/").status_code == 302, path
    delete(client, hidden)
    hidden.refresh_from_db()
    assert hidden.deleted_at is None


def test_a_report_is_decided_and_taken_back_in_the_administration(
    mia: Person, alice: Person, bob: Person, room: Room
) -> None:
    for n in range(7):
        say(alice, room, f"Before {n}")
    message = say(bob, room, "<b>Rude</b> words")
    for n in range(7):
        say(alice, room, f"After {n}")
    report = actions.report_message(alice, message.pk, "abuse")
    client = client_of(mia)
    path = f"/admin/chat/report/{report.pk}"
    page = client.get(f"{path}/change/").content.decode()
    assert "&lt;b&gt;Rude&lt;/b&gt; words" in page
    assert [f"Before {n}" in page for n in range(7)] == [False] * 2 + [True] * 5
    assert [f"After {n}" in page for n in range(7)] == [True] * 5 + [False] * 2
    assert b">1</dd>" in client.get("/admin/chat/report/counts/").content
    assert (
        b"This decision does not exist"
        in client.post(f"{path}/decide/", {"decision": "x"}, follow=True).content
    )
    client.post(f"{path}/decide/", {"decision": "banned", "note": "Enough"})
    assert Ban.objects.active().filter(person=bob).exists()
    assert b"Undo" in client.get(f"{path}/change/").content
    assert bob.display_name.encode() not in client.get("/admin/chat/report/").content
    client.post(f"{path}/undo/")
    assert AuditEntry.objects.filter(act="ban_lifted").exists()
    assert client.post("/admin/chat/report/987654/undo/").status_code == 404
    act(client, "report", "dismiss", report)
    report.refresh_from_db()
    assert report.decision == "dismissed"


def test_people_and_rooms_are_managed_in_the_administration(
    ada: Person, mia: Person, alice: Person, bob: Person, room: Room, open_room: Room
) -> None:
    client = client_of(mia)
    act(client, "person", "silence_for_a_day", bob, reason="Loud")
    bob.refresh_from_db()
    assert bob.silenced_until is not None
    act(client, "person", "unsilence", bob)
    act(client, "room", "archive", open_room)
    act(client, "room", "restore", open_room)
    act(client, "room", "close", open_room, confirmed="yes")
    actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    act(client, "ban", "lift", Ban.objects.get())
    actions.add_member(alice, room.pk, "bob")
    actions.deactivate_person(alice)
    assert b"harbour" in client.get("/admin/chat/room/?owner=gone").content
    act(client, "member", "hand_over", Member.objects.get(room=room, person=bob))
    assert Member.objects.get(room=room, person=bob).role == "owner"
    act(client, "person", "make_moderator", bob)
    bob.user.refresh_from_db()
    assert not bob.user.is_staff
    act(client_of(ada), "person", "make_moderator", bob)
    bob.user.refresh_from_db()
    assert bob.user.is_staff
    act(client_of(ada), "person", "make_member", bob, ada)  # one of them is not allowed, so neither is done
    bob.user.refresh_from_db()
    assert bob.user.is_staff
    done = AuditEntry.objects.order_by("pk").values_list("act", "reason")
    assert list(done) == [
        ("silenced", "Loud"),
        ("unsilenced", ""),
        ("archived", ""),
        ("restored", ""),
        ("closed", ""),
        ("banned", ""),
        ("ban_lifted", ""),
        ("role", ""),
        ("place_role", ""),
    ]
    page = client.get("/admin/chat/auditentry/?q=loud").content
    assert b"Loud" in page


def one_of_each(alice: Person, bob: Person, room: Room) -> dict[str, Any]:
    """A row of each kind that the admin shows, by the name of its model."""
    message = say(bob, room, "Findable <i>words</i>")
    member = Member.objects.get(room=room, person=bob)
    return {
        "message": message,
        "person": bob,
        "room": room,
        "member": member,
        "invitation": actions.make_link(alice, room.pk),
        "report": actions.report_message(alice, message.pk, "spam"),
        "ban": actions.ban_member(alice, room.pk, member.pk),
        "auditentry": AuditEntry.objects.get(),
    }


def test_nothing_of_the_chat_is_added_saved_or_deleted_by_hand(
    ada: Person, alice: Person, bob: Person, room: Room
) -> None:
    client = client_of(ada)
    for model, row in one_of_each(alice, bob, room).items():
        assert client.get(f"/admin/chat/{model}/add/").status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"/admin/chat/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        page = client.get(f"/admin/chat/{model}/")
        assert b"delete_selected" not in page.content


def test_every_page_opens_searches_and_keeps_to_the_policy(
    ada: Person, alice: Person, bob: Person, room: Room
) -> None:
    client = client_of(ada)
    paths = ["", "chat/"]
    for model, row in one_of_each(alice, bob, room).items():
        paths += [f"chat/{model}/{end}" for end in ("", "?q=o", f"{row.pk}/change/", f"{row.pk}/history/")]
    for path in paths:
        answer = client.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        assert not inline_parts(answer.content.decode()), path
    asking = act(client, "message", "delete_messages", Message.objects.get()).content.decode()
    assert not inline_parts(asking)


def inline_parts(page: str) -> list[str]:
    """What the browser would block: scripts and styles without the page's nonce, style= and on…= attributes."""
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


LISTS = (
    "message/",
    "person/",
    "member/",
    "room/",
    "room/{room}/change/",
    "invitation/",
    "report/",
    "ban/",
    "auditentry/",
)


def test_pages_take_the_same_queries_however_long(
    ada: Person, alice: Person, room: Room, make_person, django_assert_max_num_queries, settings
) -> None:
    settings.CHAT_LIMITS = {"report": (1000, 1)}
    client = client_of(ada)

    def another(n: int) -> None:
        """One more person, room, membership, message, invitation, report and ban."""
        person = make_person(f"Person{n}")
        actions.invite_person(alice, room.pk, person.pk)
        made = actions.create_room(person, name=f"room-{n}", topic="", kind="open")
        message = say(person, made)
        actions.add_member(alice, room.pk, person.username)
        actions.join_room(alice, made.pk)
        actions.report_message(alice, message.pk, "spam")
        actions.ban_member(person, made.pk, Member.objects.get(room=made, person=alice).pk)

    def count(path: str) -> int:
        with django_assert_max_num_queries(30) as counted:
            page = client.get(f"/admin/chat/{path.format(room=room.pk)}")
        assert page.status_code == 200
        return len(counted)

    another(0)
    another(1)
    for path in LISTS:
        count(path)  # a process queries once which content type a model has
    few = {path: count(path) for path in LISTS}
    for n in range(2, 30):
        another(n)
    assert {path: count(path) for path in LISTS} == few


def test_invitations_are_taken_back_whoever_made_them(ada: Person, alice: Person, room: Room) -> None:
    link, other = actions.make_link(alice, room.pk), actions.make_link(alice, room.pk)
    page = act(client_of(ada), "invitation", "revoke", link, confirmed="yes")
    assert b"1 changed." in page.content
    assert list(Invitation.objects.open()) == [other]
    entry = AuditEntry.objects.get(act="invitation")
    assert (entry.actor, entry.room) == (ada, room)
    assert b"Nothing to change" in act(client_of(ada), "invitation", "revoke", link, confirmed="yes").content
    page = client_of(ada).get(f"/admin/chat/invitation/{other.pk}/change/").content.decode()
    assert other.token not in page


def test_the_admin_has_no_door_of_its_own(alice: Person) -> None:
    answer = Client().get("/admin/")
    assert answer.status_code == 302
    page = Client().get("/admin/login/?next=/admin/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/login/"
    # Nor a form where the old password could be guessed without limit.
    answer = client_of(alice).post("/admin/password_change/", {"old_password": "guess"})
    assert answer["Location"] == "/accounts/password/change/"
