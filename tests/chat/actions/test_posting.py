from uuid import UUID, uuid4

import pytest

from chat import actions, limits
from chat.errors import Conflict, Invalid, Limited, NotFound
from chat.models import Member, Message, Person, Room
from tests.conftest import say, script_of


def test_the_same_message_sent_twice_is_one(alice: Person, room: Room) -> None:
    message_id = uuid4()
    first = actions.post_message(alice, room.pk, id=message_id, body="Once")
    again = actions.post_message(alice, room.pk, id=message_id, body="Once\r\n")
    assert (first.created, again.created) == (True, False)
    assert Message.objects.count() == 1


def test_a_late_repeat_is_known_after_an_edit_and_after_a_deletion(alice: Person, room: Room) -> None:
    message = say(alice, room, "First words")
    actions.edit_message(alice, message.pk, "Second words")
    assert not actions.post_message(alice, room.pk, id=message.pk, body="First words").created
    actions.delete_message(alice, message.pk)
    assert not actions.post_message(alice, room.pk, id=message.pk, body="First words").created


def test_an_id_stands_for_one_text_of_one_author_in_one_room(
    alice: Person, bob: Person, room: Room, open_room: Room
) -> None:
    message = say(alice, room, "Mine")
    for person, where, body in ((alice, room, "Other"), (bob, room, "Mine"), (alice, open_room, "Mine")):
        with pytest.raises(Conflict):
            actions.post_message(person, where.pk, id=message.pk, body=body)
    assert Message.objects.get().body == "Mine"


def test_versions_and_seqs_have_no_gap(alice: Person, bob: Person, room: Room) -> None:
    begun = room.version
    for n in range(5):
        say(alice if n % 2 else bob, room, f"Message {n}")
    actions.edit_message(bob, Message.objects.get(seq=1).pk, "Edited")
    actions.delete_message(bob, Message.objects.get(seq=3).pk)
    room.refresh_from_db()
    assert (room.last_seq, room.version) == (5, begun + 7)
    assert sorted(Message.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert sorted(Message.objects.values_list("version", flat=True)) == [begun + n for n in (2, 4, 5, 6, 7)]


def test_posting_reads_what_came_before(alice: Person, bob: Person, room: Room) -> None:
    say(bob, room)
    say(alice, room)
    mine = Member.objects.get(room=room, person=alice)
    assert (mine.read_seq, mine.seen_seq) == (2, 2)
    assert Member.objects.get(room=room, person=bob).read_seq == 1


def test_messages_of_one_person_close_together_continue_each_other(
    alice: Person, bob: Person, room: Room
) -> None:
    assert [say(p, room).continues for p in (alice, alice, bob, alice)] == [False, True, False, False]


def test_a_stranger_cannot_post_nor_learn_whether_the_room_exists(charlie: Person, room: Room) -> None:
    answers = [
        script_of(charlie).post(f"/rooms/{room_id}/messages/", {"id": uuid4(), "body": "Let me in"})
        for room_id in (room.pk, UUID(int=5))
    ]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    with pytest.raises(NotFound):
        actions.post_message(charlie, room.pk, id=uuid4(), body="Let me in")


@pytest.mark.parametrize("body", ["", "  \n\t ", "\0", "x" * 10_001])
def test_what_is_no_message_is_refused_in_words(alice: Person, room: Room, body: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.post_message(alice, room.pk, id=uuid4(), body=body)
    assert str(refused.value)
    room.refresh_from_db()
    assert room.last_seq == 0


def test_posting_is_limited_and_says_when_to_go_on(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"post": (3, 60)}
    client = script_of(alice)
    ids = [uuid4() for _ in range(4)]
    answers = [client.post(f"/rooms/{room.pk}/messages/", {"id": i, "body": "Quick"}) for i in ids]
    assert [a.status_code for a in answers] == [201, 201, 201, 429]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    # A repeat of a stored message is no new post.
    assert client.post(f"/rooms/{room.pk}/messages/", {"id": ids[0], "body": "Quick"}).status_code == 200
    with pytest.raises(Limited):
        actions.post_message(alice, room.pk, id=ids[3], body="Quick")


def test_repeating_is_limited_too(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"post": (3, 60)}
    first = say(alice, room, "Once").pk
    for _ in range(limits.REPEATS * 3):
        assert not actions.post_message(alice, room.pk, id=first, body="Once").created
    with pytest.raises(Limited):
        actions.post_message(alice, room.pk, id=first, body="Once")


def test_a_limit_holds_for_all_processes_together(alice: Person, room: Room, settings, monkeypatch) -> None:
    settings.CHAT_LIMITS = {"post": (30, 60)}
    kept = 0
    processes: list[dict[str, tuple[int, int]]] = [{}, {}]
    with pytest.raises(Limited):
        for n in range(40):
            monkeypatch.setattr(limits, "_shares", processes[n // 7 % 2])
            say(alice, room, f"Number {n}")
            kept += 1
    assert 24 <= kept <= 30


def test_a_plain_form_leads_back_to_the_message(alice: Person, room: Room) -> None:
    from tests.conftest import client_of

    message_id = uuid4()
    answer = client_of(alice).post(
        f"/rooms/{room.pk}/messages/", {"id": message_id, "body": "Without script"}
    )
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#message-{message_id}")


@pytest.mark.parametrize("given", ["", "7", "not-an-id", "x" * 5000])
def test_an_id_that_is_none_is_a_clear_422(alice: Person, room: Room, given: str) -> None:
    answer = script_of(alice).post(f"/rooms/{room.pk}/messages/", {"id": given, "body": "Hello"})
    assert answer.status_code == 422
    assert b"UUID" in answer.content
