"""What is half-typed: kept for its author's other devices, given back when it is refused, and seen by nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.test import Client

from chat import actions
from chat.actions.drafting import clear_draft, save_draft
from chat.errors import Invalid, Limited, NotFound
from chat.live.hub import Hub
from chat.models import Draft, Member, Person, Room
from tests.conftest import client_of, script_of
from tests.support.live import listen, stop

NOW = timedelta()


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def field_of(client: Client, room: Room) -> str:
    html = client.get(f"/rooms/{room.pk}/").content.decode()
    return html.partition('<textarea id="body"')[2].partition(">\n")[2].partition("</textarea>")[0]


def test_it_is_there_on_the_next_device_and_for_nobody_else(alice: Person, bob: Person, room: Room) -> None:
    kept = save_draft(bob, room.pk, "\nHalf a <sentence", age=NOW)
    assert field_of(client_of(bob), room) == "\nHalf a &lt;sentence"
    page = client_of(bob).get(f"/rooms/{room.pk}/").content.decode()
    assert f'data-draft="{kept.state}"' in page
    for path in (f"/rooms/{room.pk}/", "/rooms/", f"/rooms/{room.pk}/draft/"):
        assert b"Half a" not in client_of(alice).get(path).content
    assert field_of(client_of(alice), room) == ""


@pytest.mark.parametrize("claimed", ["{alice}", "nobody", "9" * 400])
def test_a_page_left_open_gives_nothing_to_who_signed_in_since(
    alice: Person, bob: Person, room: Room, claimed: str
) -> None:
    """Its scripts say whose page it is; to them it is as if nobody were signed in."""
    left_open = Client(headers={"HX-Request": "true", "Chat-Person": claimed.format(alice=alice.pk)})
    left_open.force_login(bob.user)
    for path in ("draft", "messages"):
        posted = left_open.post(f"/rooms/{room.pk}/{path}/", {"body": "Alice's", "id": str(uuid4())})
        assert posted.status_code == 401
    assert left_open.get(f"/rooms/{room.pk}/draft/").status_code == 401
    assert not Draft.objects.exists()
    assert room.last_seq == Room.objects.get(pk=room.pk).last_seq
    # Whoever it is: the page asks whether its own person is back.
    assert left_open.get("/me/", headers={"Chat-Person": ""}).content.decode() == str(bob.pk)
    own = Client(headers={"HX-Request": "true", "Chat-Person": str(bob.pk)})
    own.force_login(bob.user)
    assert own.post(f"/rooms/{room.pk}/draft/", {"body": "Bob's"}).status_code == 200


def test_typing_on_replaces_it_and_blank_ends_it(bob: Person, room: Room) -> None:
    first = save_draft(bob, room.pk, "Half", age=NOW)
    second = save_draft(bob, room.pk, "Half a sentence", based_on=first.state, age=NOW)
    assert (second.taken, second.older) == (True, "")
    assert second.state != first.state
    last = save_draft(bob, room.pk, " \n ", based_on=second.state, age=NOW)
    assert (last.body, last.state, last.older) == ("", "", "")
    assert not Draft.objects.exists()


def test_of_two_devices_that_did_not_know_of_each_other_the_later_one_wins(bob: Person, room: Room) -> None:
    save_draft(bob, room.pk, "On the phone", age=minutes(5))
    late = save_draft(bob, room.pk, "On the laptop", age=minutes(2))
    assert (late.body, late.older) == ("On the laptop", "On the phone")
    early = save_draft(bob, room.pk, "On the tablet, offline since", age=minutes(9))
    assert (early.taken, early.body, early.older) == (False, "On the laptop", "On the tablet, offline since")
    assert early.state == late.state
    sent = save_draft(bob, room.pk, "", age=NOW)
    assert (sent.body, sent.older) == ("", "On the laptop")


def test_keeping_one_takes_three_queries(bob: Person, room: Room, django_assert_num_queries) -> None:
    for body in ("Half", "Half a", ""):
        with django_assert_num_queries(5):  # two of them begin and end the transaction
            save_draft(bob, room.pk, body, age=NOW)
    with django_assert_num_queries(1):
        clear_draft(bob, room.pk)


def test_the_same_words_are_no_conflict(bob: Person, room: Room) -> None:
    save_draft(bob, room.pk, "The same", age=NOW)
    again = save_draft(bob, room.pk, "The same", age=minutes(9))
    assert (again.taken, again.older) == (True, "")


def test_it_is_bounded_like_a_message(alice: Person, charlie: Person, room: Room, settings) -> None:
    with pytest.raises(Invalid):
        save_draft(alice, room.pk, "x" * 10_001, age=NOW)
    with pytest.raises(NotFound):
        save_draft(charlie, room.pk, "Not mine", age=NOW)
    settings.CHAT_LIMITS = {"draft": (1, 60)}
    save_draft(alice, room.pk, "One", age=NOW)
    with pytest.raises(Limited):
        save_draft(alice, room.pk, "Two", age=NOW)
    assert Draft.objects.get().body == "One"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"body": "x"}, 200),
        ({"body": "x", "age": "9" * 15}, 200),
        ({"body": "x\0\x1b", "based_on": "\0" * 99}, 200),
        ({"body": "x", "age": "-1"}, 422),
        ({"body": "x", "age": "soon"}, 422),
        ({"body": "x" * 10_001}, 422),
        ({}, 200),
    ],
)
def test_odd_input_is_answered_clearly(bob: Person, room: Room, data: dict[str, str], status: int) -> None:
    assert script_of(bob).post(f"/rooms/{room.pk}/draft/", data).status_code == status


def test_over_http_the_older_one_is_told_what_holds(bob: Person, room: Room) -> None:
    client, path = script_of(bob), f"/rooms/{room.pk}/draft/"
    kept = client.post(path, {"body": "Newer", "age": "0"}).json()
    assert client.get(path).json() == {"body": "Newer", "state": kept["state"]}
    answer = client.post(path, {"body": "Older", "age": "60000"})
    assert (answer.status_code, answer.json()) == (
        409,
        {"body": "Newer", "state": kept["state"], "older": "Older"},
    )


def test_it_goes_with_the_room_and_with_the_account(alice: Person, bob: Person, room: Room) -> None:
    save_draft(bob, room.pk, "Before I go", age=NOW)
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    assert not Draft.objects.exists()
    actions.add_member(alice, room.pk, bob.username)
    save_draft(bob, room.pk, "Before I go for good", age=NOW)
    actions.delete_account(bob, with_messages=False)
    assert not Draft.objects.exists()


def test_without_script_what_was_sent_is_no_draft_any_longer(bob: Person, room: Room) -> None:
    save_draft(bob, room.pk, "Half a sentence", age=NOW)
    client_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": str(uuid4()), "body": "Half a sentence more"})
    assert not Draft.objects.exists()


def archive(alice: Person, bob: Person, room: Room) -> None:
    actions.archive_room(alice, room.pk)


def silence(alice: Person, bob: Person, room: Room) -> None:
    actions.silence_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk, timedelta(days=1))


def remove(alice: Person, bob: Person, room: Room) -> None:
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)


def limit(alice: Person, bob: Person, room: Room) -> None:
    for _ in range(30):
        actions.post_message(bob, room.pk, id=uuid4(), body="Hello")


@pytest.mark.parametrize(
    ("meanwhile", "body", "status"),
    [
        (archive, "Precious words", 403),
        (silence, "Precious words", 403),
        (remove, "Precious words", 404),
        (limit, "Precious words", 429),
        (lambda *_: None, "Precious words" + "x" * 10_000, 422),
    ],
)
def test_without_script_what_is_refused_is_given_back(
    alice: Person, bob: Person, room: Room, meanwhile, body: str, status: int
) -> None:
    meanwhile(alice, bob, room)
    answer = client_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": str(uuid4()), "body": body})
    assert answer.status_code == status
    assert f"\n{body}</textarea>" in answer.content.decode()
    assert ("Retry-After" in answer) == (status == 429)


def test_without_script_an_id_that_is_taken_gives_the_text_another(
    alice: Person, bob: Person, room: Room
) -> None:
    taken = actions.post_message(alice, room.pk, id=uuid4(), body="Hello").message
    answer = client_of(bob).post(f"/rooms/{room.pk}/messages/", {"id": str(taken.pk), "body": "Precious"})
    assert answer.status_code == 409
    assert "\nPrecious</textarea>" in answer.content.decode()
    assert f'name="id" value="{taken.pk}"' not in answer.content.decode()


def test_without_script_a_session_that_ended_gives_the_text_back(room: Room) -> None:
    answer = Client().post(f"/rooms/{room.pk}/messages/", {"id": str(uuid4()), "body": "Precious <words>"})
    assert answer.status_code == 401
    assert "\nPrecious &lt;words&gt;</textarea>" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_is_told_to_ones_own_pages_alone(alice: Person, bob: Person, room: Room) -> None:
    async def story() -> None:
        hub = Hub()
        mine, elsewhere, others = (
            await listen(hub, bob, room),
            await listen(hub, bob),
            await listen(hub, alice, room),
        )
        keep = database_sync_to_async(save_draft)
        kept = await keep(bob, room.pk, "Secret half", age=NOW)
        for page in (mine, elsewhere):
            told = await page.until(lambda one: one.of("draft"))
            assert told == [{"type": "draft", "room": str(room.pk), "state": kept.state}]
        await keep(bob, room.pk, "", based_on=kept.state, age=NOW)
        await mine.until(lambda one: one.of("draft")[1:])
        assert mine.of("draft")[1]["state"] == ""
        assert not others.of("draft")
        assert not any("Secret" in str(m) for m in mine.sent)
        await stop(hub)

    async_to_sync(story)()
