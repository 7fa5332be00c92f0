"""Forms without script: they say what happened, and show refused input again."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from chat import actions
from chat.models import Message, Person, Room
from tests.conftest import say

TYPED = "Half a page & <b>more</b>\nof it"
SHOWN = "Half a page &amp; &lt;b&gt;more&lt;/b&gt;\nof it"


@pytest.fixture
def form(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


def post(client: Client, room: Room, body: str, **more: str):
    path = reverse("chat:messages", args=[room.pk])
    return client.post(path, {"id": str(uuid4()), "body": body, **more})


def test_a_text_that_is_too_long_stands_in_the_composer_again(form: Client, room: Room) -> None:
    answer = post(form, room, TYPED + "x" * 10_000)
    assert answer.status_code == 422
    assert SHOWN in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "of 10000 characters" in answer.text
    assert not Message.objects.filter(room=room).exists()


def test_an_id_that_is_taken_is_replaced(form: Client, room: Room) -> None:
    """When going back, a browser may restore a form with the id of the message it sent."""
    taken = str(uuid4())
    post(form, room, "First", id=taken)
    answer = post(form, room, TYPED, id=taken)
    assert answer.status_code == 409
    assert SHOWN in answer.text
    assert taken not in answer.text.partition('id="composer"')[2].partition("</form>")[0]


def test_too_many_are_told_when_to_come_back(form: Client, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {**settings.CHAT_LIMITS, "post": (1, 60)}
    post(form, room, "First")
    answer = post(form, room, TYPED)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert SHOWN in answer.text


def test_a_room_that_was_archived_meanwhile_gives_the_text_back(
    form: Client, alice: Person, room: Room
) -> None:
    actions.archive_room(alice, room.pk)
    answer = post(form, room, TYPED)
    assert answer.status_code == 403
    assert SHOWN in answer.text


def test_who_was_removed_meanwhile_has_the_text_and_learns_nothing(
    client: Client, charlie: Person, room: Room
) -> None:
    client.force_login(charlie.user)
    answers = [post(client, room, TYPED), post(client, Room(pk=uuid4()), TYPED)]
    for answer in answers:
        assert answer.status_code == 404
        assert SHOWN in answer.text
        assert room.name not in answer.text


def test_who_was_signed_out_meanwhile_has_the_text_and_goes_on_where_they_were(
    client: Client, room: Room
) -> None:
    path = reverse("chat:messages", args=[room.pk])
    page = f"http://testserver{reverse('chat:room', args=[room.pk])}"
    answer = client.post(path, {"id": str(uuid4()), "body": TYPED}, headers={"referer": page})
    assert answer.status_code == 401
    assert SHOWN in answer.text
    assert f"next=/rooms/{room.pk}/" in answer.text


@pytest.mark.parametrize("page", ["http://elsewhere.example/rooms/", "http://[", ""])
def test_a_form_of_somebody_signed_out_leads_to_no_other_site(client: Client, room: Room, page: str) -> None:
    answer = client.post(reverse("chat:leave", args=[room.pk]), headers={"referer": page})
    assert answer["Location"].endswith("?next=/rooms/")


def test_a_refused_edit_shows_what_was_typed(form: Client, alice: Person, room: Room) -> None:
    message = say(alice, room, "Before")
    answer = form.post(reverse("chat:edit_message", args=[message.pk]), {"body": TYPED + "x" * 10_000})
    assert answer.status_code == 422
    assert SHOWN in answer.text
    assert Message.objects.get(pk=message.pk).body == "Before"


def test_an_edit_of_what_was_deleted_meanwhile_shows_what_was_typed(
    form: Client, alice: Person, room: Room
) -> None:
    message = say(alice, room, "Before")
    actions.delete_message(alice, message.pk)
    answer = form.post(reverse("chat:edit_message", args=[message.pk]), {"body": TYPED})
    assert answer.status_code in {403, 404}
    assert SHOWN in answer.text


def test_the_acts_of_a_message_are_those_that_one_may(
    client: Client, alice: Person, bob: Person, room: Room
) -> None:
    message = say(bob, room, "Of Bob")
    offered = {"edit": ["bob"], "delete": ["bob", "alice"], "report": ["alice"]}
    for person in (alice, bob):
        client.force_login(person.user)
        text = client.get(reverse("chat:message_acts", args=[message.pk])).text
        for act, names in offered.items():
            there = reverse(f"chat:{act}_message", args=[message.pk]) in text
            assert there == (person.display_name.lower() in names), (person, act)


def test_marking_as_read_leads_back_to_the_room(form: Client, bob: Person, room: Room) -> None:
    say(bob, room)
    page = reverse("chat:room", args=[room.pk])
    assert "Mark as read" in form.get(page).text
    answer = form.post(reverse("chat:read", args=[room.pk]), {"seq": "1"}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Mark as read" not in answer.text
