"""A feature adds to messages: its parts come wherever messages come, for the cost of one query."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import actions
from chat.actions.locking import advance, lock_room
from chat.actions.retention import empty_some, expire_before
from chat.events import publishing
from chat.events.envelope import Envelope
from chat.events.fragments import fragments
from chat.events.message_parts import MESSAGE_PARTS, MessagePart, register_message_part
from chat.events.publishing import publish
from chat.events.rendering import message_html
from chat.events.types import MessageChanged
from chat.models import Message, Person, Report, Room
from chat.models.message import MessageQuerySet
from chat.queries.cached_fragments import message_window
from tests.conftest import client_of, say, script_of

pytestmark = pytest.mark.django_db


class MessageFlagged(MessageChanged):
    """Made up: everyone sees which messages were reported, and as what."""

    __slots__ = ()


def flag(person: Person, message: Message, kind: str) -> None:
    """As a feature's action does it: the message takes a version."""
    with transaction.atomic():
        room = lock_room(message.room_id)
        actions.report_message(person, message.pk, kind)
        advance(room)
        flagged = Message.objects.shown().get(pk=message.pk)
        flagged.version = room.version
        flagged.save(update_fields=["version"])
        publish(MessageFlagged(room, flagged))


def flags_of(messages: MessageQuerySet) -> Mapping[UUID, Any]:
    return dict(Report.objects.filter(message__in=messages).values_list("message", "kind"))


def delete_flags(messages: MessageQuerySet) -> None:
    Report.objects.filter(message__in=messages).delete()


@pytest.fixture
def flags(settings, tmp_path: Path) -> Iterator[MessagePart]:
    """The feature is registered for one test, with its own template."""
    (tmp_path / "test").mkdir()
    (tmp_path / "test/flag.html").write_text('<i class="flag">{{ part }} {{ message.seq }}</i>')
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    part = MessagePart("test/flag.html", flags_of, delete_flags)
    register_message_part(part)
    yield part
    MESSAGE_PARTS.clear()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Envelope]:
    """What is published, instead of the channel layer."""
    envelopes: list[Envelope] = []

    async def take(batch: list[Envelope]) -> None:
        envelopes.extend(batch)

    monkeypatch.setattr(publishing, "_hand_over", take)
    return envelopes


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def flags_in(html: str | bytes) -> list[str]:
    text = html if isinstance(html, str) else html.decode()
    return re.findall(r'<i class="flag">(.*?)</i>', text)


def test_they_come_with_the_page_with_history_and_with_catch_up(
    alice: Person, bob: Person, room: Room, flags: MessagePart
) -> None:
    first, second = say(alice, room), say(alice, room)
    held = second.version
    flag(bob, first, "spam")
    for path in ("", "messages/?newest", f"messages/?before={second.seq}", f"messages/?around={first.pk}"):
        assert flags_in(client_of(alice).get(f"/rooms/{room.pk}/{path}").content) == [f"spam {first.seq}"]
    changes = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={held}")
    assert flags_in(changes.content) == [f"spam {first.seq}"]
    assert int(changes["Chat-Version"]) == held + 1
    anew = script_of(alice).get(f"/rooms/{room.pk}/changes/?after={10**9}")
    assert anew["Chat-Start-Over"] == "1"
    assert flags_in(anew.content) == [f"spam {first.seq}"]


def test_they_cost_one_query_for_all_messages_and_none_for_cached_ones(
    alice: Person, bob: Person, room: Room, flags: MessagePart
) -> None:
    for number in range(6):
        flag(bob, say(alice, room, f"Number {number}"), "spam")
    history = f"/rooms/{room.pk}/messages/?newest"
    client = client_of(alice)
    client.get(history)  # the first request of all
    MESSAGE_PARTS.remove(flags)
    counts = []
    for registered in (False, True):
        if registered:
            register_message_part(flags)
        fragments.clear()
        for _ in range(2):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(history)
            counts.append(len(asked))
        assert len(flags_in(answer.content)) == (6 if registered else 0)
    without, cached_without, with_flags, cached_with = counts
    assert with_flags == without + 1
    assert cached_with == cached_without


def test_posting_asks_for_them_only_if_new_messages_may_have_them(
    alice: Person, room: Room, flags: MessagePart, published: list[Envelope], on_commit: Any
) -> None:
    asked: list[MessageQuerySet] = []

    def files_of(messages: MessageQuerySet) -> Mapping[UUID, Any]:
        asked.append(messages)
        return {message.pk: "file" for message in messages}

    def refuse(_messages: MessageQuerySet) -> Mapping[UUID, Any]:
        raise AssertionError("a new message has no flags")

    MESSAGE_PARTS[:] = [MessagePart(flags.template, refuse, delete_flags)]
    with on_commit(execute=True):
        plain = say(alice, room, "Without")
    assert flags_in(message_html(plain)) == []
    register_message_part(MessagePart(flags.template, files_of, delete_flags, from_start=True))
    with on_commit(execute=True):
        with_file = say(alice, room, "With")
    assert flags_in(message_html(with_file)) == [f"file {with_file.seq}"]
    assert len(asked) == 1
    frames = [envelope["frame"] for envelope in published if "frame" in envelope]
    assert [flags_in(frame) for frame in frames] == [[], [f"file {with_file.seq}"]]


def test_whoever_may_not_see_the_messages_gets_no_part_either(
    alice: Person, bob: Person, charlie: Person, room: Room, flags: MessagePart
) -> None:
    """Bob was removed after the messages were chosen: what is loaded then is asked with his permission."""
    message = say(alice, room)
    flag(bob, message, "spam")
    chosen = [(message.pk, message.version + 1, alice.version, message.seq)]
    loaded: list[list[UUID]] = []

    def load(messages: MessageQuerySet) -> Mapping[UUID, Any]:
        loaded.append([each.pk for each in messages])
        return {}

    MESSAGE_PARTS[:] = [MessagePart(flags.template, load, delete_flags)]
    for person in (charlie, alice):
        message_window(Message.objects.visible_in(room.pk, person), lambda _rows: chosen)
    assert [pks for pks in loaded if pks] == [[message.pk]]


def test_a_deleted_message_has_none_any_more(
    alice: Person, bob: Person, room: Room, flags: MessagePart
) -> None:
    other, message = say(alice, room), say(alice, room)
    for each in (other, message):
        flag(bob, each, "spam")
    actions.delete_message(alice, message.pk)
    assert flags_in(client_of(bob).get(f"/rooms/{room.pk}/").content) == [f"spam {other.seq}"]
    assert Report.objects.get().message == other


def test_an_expired_message_has_none_any_more(
    alice: Person, bob: Person, room: Room, flags: MessagePart
) -> None:
    old = say(alice, room)
    flag(bob, old, "spam")
    Message.objects.update(created_at=timezone.now() - timedelta(days=2))
    new = say(alice, room)
    flag(bob, new, "spam")
    expire_before(room.pk, timezone.now() - timedelta(days=1))
    assert flags_in(client_of(bob).get(f"/rooms/{room.pk}/").content) == [f"spam {new.seq}"]
    empty_some()
    assert Report.objects.get().message == new


def test_whoever_looks_gets_them_in_a_frame_that_asks_nothing_more_when_it_renders(
    alice: Person, bob: Person, room: Room, flags: MessagePart, published: list[Envelope], on_commit: Any
) -> None:
    message = say(alice, room)
    with on_commit(execute=True):
        flag(bob, message, "spam")
    (flagged,) = (envelope for envelope in published if envelope["kind"] == "room")
    assert flags_in(flagged["frame"]) == [f"spam {message.seq}"]
    assert flagged["version"] == message.version + 1


def test_a_message_that_is_sent_again_has_them_ready(
    alice: Person, bob: Person, room: Room, flags: MessagePart, django_assert_num_queries: Any
) -> None:
    """The answer to a socket is rendered on the event loop, which must not ask the database."""
    message = say(alice, room, "Hello")
    flag(bob, message, "spam")
    (again,) = actions.post_messages([actions.Posting(alice, room.pk, message.pk, "Hello")])
    assert isinstance(again, actions.Posted)
    with django_assert_num_queries(0):
        assert flags_in(message_html(again.message)) == [f"spam {message.seq}"]
