"""Banning, silencing, slow mode: who may, what happens at once, and that it is recorded."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat import actions
from chat.errors import Invalid, Limited, NotFound, Refused
from chat.events import publishing
from chat.events.types import MessageChanged
from chat.invitations.pending_invitations import pending_for
from chat.models import AuditEntry, Ban, Member, Message, Person, Room
from tests.conftest import client_of, say, script_of

HOUR = timedelta(hours=1)


def member(room: Room, person: Person) -> Member:
    return Member.objects.get(room=room, person=person)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


@pytest.fixture
def lobby(alice: Person, bob: Person, charlie: Person, open_room: Room) -> Room:
    """An open room of Alice (owner), Bob (moderator) and Charlie."""
    for person in (bob, charlie):
        actions.join_room(person, open_room.pk)
    actions.set_role(alice, open_room.pk, member(open_room, bob).pk, "moderator")
    return open_room


def test_for_the_banned_the_room_does_not_exist(
    alice: Person, bob: Person, charlie: Person, lobby: Room
) -> None:
    """Hazards 1, 2 and 8: every address answers as if the room never existed."""
    message = say(charlie, lobby, "Of Charlie")
    actions.ban_member(bob, lobby.pk, member(lobby, charlie).pk, reason="  Rude\nwords ")
    lobby.refresh_from_db()
    assert lobby.epoch == 1
    assert member(lobby, charlie).version == lobby.version
    client = script_of(charlie)
    room = f"/rooms/{lobby.pk}/"
    for path in ("", "messages/?before=9", "changes/?after=0", "members/", "edit/", "leave/"):
        missing = client.get(f"/rooms/{uuid4()}/{path}")
        answer = client.get(room + path)
        assert (answer.status_code, answer.content) == (404, missing.content), path
    for path in ("join/", "messages/", "read/", "leave/"):
        assert client.post(room + path, {"id": uuid4(), "body": "x", "seq": "1"}).status_code == 404, path
    for path in ("edit/", "delete/", "report/"):
        assert client.get(f"/messages/{message.pk}/{path}").status_code == 404
    assert lobby.name not in client.get("/rooms/browse/").content.decode()
    assert lobby.name not in client.get("/rooms/").content.decode()
    with pytest.raises(NotFound):
        say(charlie, lobby)
    with pytest.raises(NotFound):
        actions.edit_message(charlie, message.pk, "Other words")
    with pytest.raises(NotFound):
        actions.post_message(charlie, lobby.pk, id=message.pk, body="Of Charlie")
    ban = Ban.objects.get()
    assert (ban.reason, ban.by) == ("Rude words", bob)
    assert acts() == ["role", "banned"]


def test_no_invitation_leads_past_a_ban(
    alice: Person, bob: Person, charlie: Person, mia: Person, lobby: Room
) -> None:
    """Neither an older invitation nor a new one; and none shows the banned person the room's current name."""
    link = actions.make_link(alice, lobby.pk)
    report = actions.report_message(bob, say(charlie, lobby).pk, "spam")
    actions.leave_room(charlie, lobby.pk)
    actions.invite_person(bob, lobby.pk, charlie.pk)
    charlie.refresh_from_db()
    assert pending_for(charlie)
    actions.decide_report(mia, report.pk, "banned")
    assert not pending_for(charlie)
    with pytest.raises(Refused, match="banned"):
        actions.invite_person(bob, lobby.pk, charlie.pk)
    mailed = actions.invite_email(alice, lobby.pk, "charlie@example.com")  # does not say whose it is
    client = client_of(charlie)
    for token in (link.token, mailed.token, mailed.mailed_token):
        assert client.get(f"/invitations/{token}/").status_code == 404
        assert client.post(f"/invitations/{token}/").status_code == 404
    assert not member(lobby, charlie).active


def test_a_lifted_ban_opens_the_door_again_and_only_then(
    alice: Person, bob: Person, charlie: Person, lobby: Room
) -> None:
    ban = actions.ban_member(alice, lobby.pk, member(lobby, charlie).pk)
    with pytest.raises(Refused, match="banned"):
        actions.add_member(alice, lobby.pk, "charlie")
    with pytest.raises(NotFound):
        actions.lift_ban(charlie, ban.pk)
    assert client_of(alice).post(f"/rooms/{uuid4()}/bans/{ban.pk}/lift/").status_code == 404
    assert client_of(bob).post(f"/rooms/{lobby.pk}/bans/{ban.pk}/lift/").status_code == 302
    actions.lift_ban(bob, ban.pk)
    assert acts() == ["role", "banned", "ban_lifted"]
    assert not member(lobby, charlie).active
    assert actions.join_room(charlie, lobby.pk).current
    again = actions.ban_member(alice, lobby.pk, member(lobby, charlie).pk)
    assert again.pk != ban.pk


def test_who_may_ban_and_silence_whom(alice: Person, bob: Person, charlie: Person, lobby: Room) -> None:
    """Like removing: owners above moderators above members, and nobody themselves."""
    pairs = [(charlie, bob), (charlie, alice), (bob, alice), (bob, bob), (alice, alice)]
    for person, other in pairs:
        pk = member(lobby, other).pk
        for refused in (
            lambda person=person, pk=pk: actions.ban_member(person, lobby.pk, pk),
            lambda person=person, pk=pk: actions.silence_member(person, lobby.pk, pk, HOUR),
            lambda person=person, pk=pk: actions.unsilence_member(person, lobby.pk, pk),
            lambda person=person, pk=pk: actions.remove_member(person, lobby.pk, pk),
        ):
            with pytest.raises(Refused):
                refused()
        for path in ("ban", "silence", "remove"):
            answer = client_of(person).get(f"/rooms/{lobby.pk}/members/{pk}/{path}/")
            assert answer.status_code == 403
    assert acts() == ["role"]
    other_room = actions.create_room(alice, name="other", topic="", kind="open")
    with pytest.raises(NotFound):  # hazard 6: a member of this room, through another room
        actions.ban_member(alice, other_room.pk, member(lobby, charlie).pk)


@pytest.mark.django_db(transaction=True)
def test_with_a_ban_the_messages_of_the_last_day_go(
    alice: Person, charlie: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, first, mine, last = (say(p, lobby, f"Of {p}") for p in (charlie, charlie, alice, charlie))
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    told: list[object] = []
    monkeypatch.setattr(publishing, "_send", told.extend)
    actions.ban_member(alice, lobby.pk, member(lobby, charlie).pk, wipe=True)
    gone = Message.objects.exclude(deleted_at=None).order_by("seq")
    assert list(gone) == [first, last]
    assert {(m.body, m.html, m.excerpt, m.fingerprint) for m in gone} == {("", "", "", "")}
    lobby.refresh_from_db()
    assert [m.version for m in gone] == [lobby.version - 1, lobby.version]
    events = [event for event in told if isinstance(event, MessageChanged)]
    assert [(e.room.version, e.message.html) for e in events] == [(m.version, "") for m in gone]
    assert "Of Charlie" not in str([event.to_envelope() for event in events])  # hazard 7
    assert AuditEntry.objects.get(act="banned").details == {"deleted": 2}
    assert mine.body == Message.objects.get(pk=mine.pk).body


def test_unread_does_not_stick_when_what_was_unread_is_wiped(
    alice: Person, bob: Person, charlie: Person, lobby: Room
) -> None:
    """Hazard 24: the last messages are by a banned person, or by a blocked one."""
    say(bob, lobby)
    for n in range(3):
        say(charlie, lobby, f"{n}")
    actions.block_person(alice, bob.pk)
    actions.ban_member(alice, lobby.pk, member(lobby, charlie).pk, wipe=True)
    script_of(alice).post(f"/rooms/{lobby.pk}/read/", {"seq": "4"})
    lobby.refresh_from_db()
    assert member(lobby, alice).read_seq == lobby.last_seq == 4
    assert 'data-last-seq="4" data-read-seq="4"' in script_of(alice).get("/rooms/").content.decode()


def test_wiping_takes_the_same_queries_however_much(
    alice: Person, bob: Person, charlie: Person, lobby: Room, settings, django_assert_max_num_queries
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}

    def banning(person: Person) -> int:
        with django_assert_max_num_queries(40) as counted:
            actions.ban_member(alice, lobby.pk, member(lobby, person).pk, wipe=True)
        return len(counted)

    say(bob, lobby)
    for n in range(30):
        say(charlie, lobby, f"Number {n}")
    assert banning(bob) == banning(charlie)


def test_the_silenced_read_and_neither_write_nor_edit(
    alice: Person, bob: Person, charlie: Person, lobby: Room, room: Room
) -> None:
    message = say(charlie, lobby)
    actions.silence_member(bob, lobby.pk, member(lobby, charlie).pk, HOUR, "Enough")
    with pytest.raises(Refused, match="silenced"):
        say(charlie, lobby)
    with pytest.raises(Refused, match="silenced"):
        actions.edit_message(charlie, message.pk, "Other words")
    page = client_of(charlie).get(f"/rooms/{lobby.pk}/").content.decode()
    assert "data-silenced>" in page
    actions.leave_room(charlie, lobby.pk)
    actions.join_room(charlie, lobby.pk)
    with pytest.raises(Refused, match="silenced"):  # leaving and coming back does not help
        say(charlie, lobby)
    actions.delete_message(charlie, message.pk)
    actions.unsilence_member(alice, lobby.pk, member(lobby, charlie).pk)
    assert say(charlie, lobby)
    assert acts() == ["role", "silenced", "unsilenced"]


def test_a_silence_ends_by_itself(alice: Person, charlie: Person, lobby: Room) -> None:
    pk = member(lobby, charlie).pk
    actions.silence_member(alice, lobby.pk, pk, HOUR)
    Member.objects.filter(pk=pk).update(silenced_until=timezone.now() - timedelta(seconds=1))
    assert say(charlie, lobby)
    assert "data-silenced>" not in client_of(charlie).get(f"/rooms/{lobby.pk}/").content.decode()
    for wrong in (timedelta(0), timedelta(days=-1), timedelta(days=999)):
        with pytest.raises(Invalid):
            actions.silence_member(alice, lobby.pk, pk, wrong)


def test_silenced_in_the_whole_workspace(
    ada: Person, mia: Person, charlie: Person, bob: Person, lobby: Room
) -> None:
    direct = actions.open_direct(charlie, [bob.pk])
    actions.silence_person(mia, charlie.pk, HOUR, "Everywhere")
    for room in (lobby, direct):
        with pytest.raises(Refused, match="silenced"):
            say(charlie, room)
    for person, other in ((mia, ada), (mia, mia), (bob, charlie), (charlie, charlie)):
        with pytest.raises(Refused):
            actions.silence_person(person, other.pk, HOUR)
        with pytest.raises(Refused):
            actions.unsilence_person(person, other.pk)
    actions.unsilence_person(ada, charlie.pk)
    assert say(charlie, lobby)


def test_who_is_silenced_in_the_whole_workspace_writes_on_no_signs(mia: Person, bob: Person) -> None:
    """Everyone who browses sees the names and topics of rooms."""
    mine = actions.create_room(bob, name="of-bob", topic="Kind words", kind="open")
    actions.silence_person(mia, bob.pk, HOUR)
    with pytest.raises(Refused, match="silenced"):
        actions.create_room(bob, name="rude-words", topic="", kind="open")
    for details in ({"name": "rude-words", "topic": mine.topic}, {"name": mine.name, "topic": "Rude words"}):
        with pytest.raises(Refused, match="silenced"):
            actions.edit_room(bob, mine.pk, **details)
    actions.edit_room(
        bob, mine.pk, name=mine.name, topic=mine.topic, slow_seconds=30
    )  # keeping the old name writes nothing new
    actions.unsilence_person(mia, bob.pk)
    assert actions.edit_room(bob, mine.pk, name=mine.name, topic="Kinder words").topic == "Kinder words"


def test_slow_mode_lets_everybody_wait_but_moderators(
    alice: Person, bob: Person, charlie: Person, lobby: Room
) -> None:
    actions.edit_room(alice, lobby.pk, name=lobby.name, topic="", slow_seconds=30)
    first = say(charlie, lobby)
    with pytest.raises(Limited) as limited:
        say(charlie, lobby)
    assert 25 <= limited.value.retry_after <= 30
    assert actions.post_message(charlie, lobby.pk, id=first.pk, body="Hello").created is False  # a repeat
    for moderator in (alice, bob):
        assert say(moderator, lobby)
        assert say(moderator, lobby)
    for times in ({"posted_at": timezone.now() - timedelta(seconds=31)},):
        Member.objects.filter(room=lobby, person=charlie).update(**times)
    assert say(charlie, lobby)
    answer = script_of(charlie).post(f"/rooms/{lobby.pk}/messages/", {"id": uuid4(), "body": "x"})
    assert answer.status_code == 429
    assert 25 <= int(answer["Retry-After"]) <= 30


def test_of_a_batch_slow_mode_takes_one(alice: Person, charlie: Person, lobby: Room) -> None:
    actions.edit_room(alice, lobby.pk, name=lobby.name, topic="", slow_seconds=3600)
    postings = [actions.Posting(charlie, lobby.pk, uuid4(), f"{n}") for n in range(3)]
    outcomes = actions.post_messages(postings)
    assert [type(outcome).__name__ for outcome in outcomes] == ["Posted", "Limited", "Limited"]


def test_where_only_moderators_post(alice: Person, bob: Person, charlie: Person, lobby: Room) -> None:
    message = say(charlie, lobby)
    before = Room.objects.get(pk=lobby.pk).version
    fields = {"name": lobby.name, "topic": "", "slow_seconds": "0", "writers": "keepers"}
    assert client_of(alice).post(f"/rooms/{lobby.pk}/edit/", fields).status_code == 302
    room = Room.objects.get(pk=lobby.pk)
    assert (room.moderators_post_only, room.version) == (True, before + 1)
    with pytest.raises(Refused, match="Only owners and moderators"):
        say(charlie, lobby)
    assert say(bob, lobby)
    assert actions.edit_message(charlie, message.pk, "Mended")
    assert "data-keepers-only" in client_of(charlie).get(f"/rooms/{lobby.pk}/").content.decode()
    assert (
        client_of(bob).post(f"/rooms/{lobby.pk}/edit/", fields | {"writers": "everybody"}).status_code == 403
    )
    assert acts() == ["role", "writing"]
    with pytest.raises(Invalid):
        actions.edit_room(alice, lobby.pk, name=lobby.name, topic="", slow_seconds=7)


def test_everything_is_done_on_plain_pages_and_asked_first(
    alice: Person, bob: Person, charlie: Person, lobby: Room, make_person
) -> None:
    client, room = client_of(alice), f"/rooms/{lobby.pk}"
    pk = member(lobby, charlie).pk
    assert b"Silence Charlie?" in client.get(f"{room}/members/{pk}/silence/").content
    client.post(f"{room}/members/{pk}/silence/", {"lasting": "day"})
    assert b"Charlie is silenced." in client.get(f"{room}/members/").content
    client.post(f"{room}/members/{pk}/unsilence/")
    assert b"Charlie is no longer silenced." in client.get(f"{room}/members/").content
    client.post(f"{room}/members/{pk}/role/", {"role": "moderator"})
    assert b"Charlie&#x27;s role is now Moderator." in client.get(f"{room}/members/").content
    client.post(f"{room}/members/{pk}/role/", {"role": "member"})
    assert member(lobby, charlie).silenced_until is None
    assert client.post(f"{room}/members/{pk}/silence/", {"lasting": "for ever"}).status_code == 422
    assert b"Ban Charlie?" in client.get(f"{room}/members/{pk}/ban/").content
    client.post(f"{room}/members/{pk}/ban/", {"reason": "<b>Loud</b>", "wipe": "yes"})
    page = client.get(f"{room}/members/").content
    assert b"&lt;b&gt;Loud" in page
    assert b"Charlie was banned from the room." in page
    assert b"Unban" in page
    dora = make_person("Dora")
    actions.join_room(dora, lobby.pk)
    assert b"Loud" not in client_of(dora).get(f"{room}/members/").content
    assert b"Remove Dora?" in client.get(f"{room}/members/{member(lobby, dora).pk}/remove/").content
    client.post(f"{room}/members/{member(lobby, dora).pk}/remove/", {"reason": "x" * 300})
    assert member(lobby, dora).active
    client.post(f"{room}/members/{member(lobby, dora).pk}/remove/", {"reason": "Asked for it"})
    assert AuditEntry.objects.get(act="removed").reason == "Asked for it"
    assert b"Dora was removed from the room." in client.get(f"{room}/members/").content
    client.post(f"{room}/bans/{Ban.objects.get().pk}/lift/")
    assert b"Charlie is no longer banned." in client.get(f"{room}/members/").content
