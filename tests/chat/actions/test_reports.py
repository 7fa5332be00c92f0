"""From a report to the decision, and undoing it where possible."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import actions
from chat.errors import Invalid, Limited, NotFound, Refused
from chat.events import publishing
from chat.events.types import PersonChanged
from chat.models import AuditEntry, Ban, Member, Message, Person, Report, Room
from tests.conftest import client_of, say, script_of


@pytest.fixture
def message(bob: Person, room: Room) -> Message:
    return say(bob, room, "Rude **words**")


@pytest.fixture
def report(alice: Person, message: Message) -> Report:
    return actions.report_message(alice, message.pk, "abuse", " He said\nso ")


def test_a_report_keeps_the_text_as_it_was(
    alice: Person, bob: Person, message: Message, report: Report
) -> None:
    actions.edit_message(bob, message.pk, "Kind words")
    actions.delete_message(bob, message.pk)
    report.refresh_from_db()
    assert (report.body, report.words, report.kind) == ("Rude **words**", "He said so", "abuse")
    again = say(bob, message.room, "More")
    first = actions.report_message(alice, again.pk, "spam")
    assert actions.report_message(alice, again.pk, "other", "Twice").pk == first.pk


def test_who_may_report_what(
    alice: Person, bob: Person, charlie: Person, room: Room, message: Message
) -> None:
    with pytest.raises(NotFound):  # hazard 2: they can't see it, so they can't report it
        actions.report_message(charlie, message.pk, "spam")
    with pytest.raises(Refused):
        actions.report_message(bob, message.pk, "spam")
    with pytest.raises(Invalid):
        actions.report_message(alice, message.pk, "boring")
    actions.delete_message(bob, message.pk)
    with pytest.raises(Refused):
        actions.report_message(alice, message.pk, "spam")
    assert not Report.objects.exists()


def test_reports_are_limited(alice: Person, bob: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"report": (2, 3600)}
    first, *others = [say(bob, room, f"{n}") for n in range(3)]
    for each in (first, others[0]):
        actions.report_message(alice, each.pk, "spam")
    with pytest.raises(Limited):
        actions.report_message(alice, others[1].pk, "spam")


def test_reporting_on_pages(alice: Person, bob: Person, room: Room, message: Message) -> None:
    path = f"/messages/{message.pk}/report/"
    assert b"Harassment or threats" in client_of(alice).get(path).content
    assert client_of(bob).get(path).status_code == 403
    answer = script_of(alice).post(path, {"kind": "spam", "words": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert client_of(alice).post(path, {"kind": "spam"}).status_code == 302
    assert client_of(alice).post(path, {"kind": "odd\0"}).status_code == 422
    assert client_of(alice).post(path, {"kind": "spam", "words": "x" * 501}).status_code == 422


def test_only_moderators_of_the_workspace_decide(
    mia: Person, alice: Person, bob: Person, report: Report
) -> None:
    for nobody in (alice, bob):
        with pytest.raises(Refused):
            actions.decide_report(nobody, report.pk, "dismissed")
        with pytest.raises(Refused):
            actions.undo_decision(nobody, report.pk)
    with pytest.raises(Invalid):
        actions.decide_report(mia, report.pk, "fined")
    with pytest.raises(NotFound):
        actions.decide_report(mia, 987654, "dismissed")
    actions.decide_report(mia, report.pk, "dismissed", "Not so bad")
    with pytest.raises(Refused):
        actions.decide_report(mia, report.pk, "deleted")
    assert list(AuditEntry.objects.values_list("act", "reason")) == [("decided", "Not so bad")]


def test_what_is_decided_happens(
    mia: Person, bob: Person, room: Room, message: Message, report: Report
) -> None:
    actions.decide_report(mia, report.pk, "deleted")
    message.refresh_from_db()
    assert message.deleted_at
    with pytest.raises(Refused):
        actions.undo_decision(mia, report.pk)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == ["deleted", "decided"]


def test_a_removal_happens_once(mia: Person, alice: Person, bob: Person, room: Room, report: Report) -> None:
    actions.decide_report(mia, report.pk, "removed")
    assert not Member.objects.current().filter(room=room, person=bob).exists()
    actions.add_member(alice, room.pk, "bob")
    other = actions.report_message(alice, say(bob, room).pk, "spam")
    actions.leave_room(bob, room.pk)
    with pytest.raises(Refused):
        actions.decide_report(mia, other.pk, "removed")
    other.refresh_from_db()
    assert other.decided_at is None


def test_moderators_decide_nothing_about_themselves(
    ada: Person, mia: Person, alice: Person, room: Room
) -> None:
    for moderator in (mia, ada):
        actions.add_member(alice, room.pk, moderator.username)
    of_mia = actions.report_message(alice, say(mia, room).pk, "abuse")
    of_ada = actions.report_message(alice, say(ada, room).pk, "abuse")
    with pytest.raises(Refused, match="your messages"):
        actions.decide_report(mia, of_mia.pk, "dismissed")
    actions.decide_report(ada, of_mia.pk, "deleted")
    actions.decide_report(mia, of_ada.pk, "deleted")
    of_ada = actions.report_message(alice, say(ada, room).pk, "abuse")
    actions.decide_report(ada, of_ada.pk, "dismissed")  # she may be the only moderator


def test_a_day_of_silence_shortens_no_week(mia: Person, bob: Person, report: Report) -> None:
    actions.silence_person(mia, bob.pk, timedelta(weeks=1))
    actions.decide_report(mia, report.pk, "silenced")
    bob.refresh_from_db()
    assert bob.silenced_until
    assert bob.silenced_until > timezone.now() + timedelta(days=6)


@pytest.mark.parametrize("decision", ["banned", "silenced", "deactivated", "dismissed"])
def test_what_can_be_taken_back_is(
    mia: Person, bob: Person, room: Room, report: Report, decision: str
) -> None:
    actions.decide_report(mia, report.pk, decision)

    def trouble() -> bool:
        bob.refresh_from_db()
        bob.user.refresh_from_db()
        banned = Ban.objects.active().filter(person=bob).exists()
        return banned or bob.silenced_until is not None or not bob.user.is_active

    assert trouble() is (decision != "dismissed")
    actions.undo_decision(mia, report.pk)
    assert not trouble()
    report.refresh_from_db()
    assert (report.decision, report.decided_by, report.decided_at) == ("", None, None)
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert (acts[-1], len(acts)) == ("undone", 2 if decision == "dismissed" else 4)


def test_nobody_is_taken_out_of_a_direct_conversation_nor_an_owner_by_a_moderator(
    mia: Person, ada: Person, alice: Person, bob: Person, room: Room
) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    report = actions.report_message(alice, say(bob, direct).pk, "abuse")
    for decision in ("removed", "banned"):
        with pytest.raises(Refused):
            actions.decide_report(mia, report.pk, decision)
    actions.add_member(alice, room.pk, "ada")
    of_ada = actions.report_message(alice, say(ada, room).pk, "abuse")
    for decision in ("removed", "banned", "silenced", "deactivated"):
        with pytest.raises(Refused):
            actions.decide_report(mia, of_ada.pk, decision)
    assert Report.objects.waiting().count() == 2


def test_a_direct_message_is_nobody_elses_until_it_is_reported(
    mia: Person, alice: Person, bob: Person
) -> None:
    direct = actions.open_direct(alice, [bob.pk])
    hidden, reported = say(bob, direct), say(bob, direct)
    actions.report_message(alice, reported.pk, "abuse")
    with pytest.raises(NotFound):
        actions.moderate_message(mia, hidden.pk)
    assert actions.moderate_message(mia, reported.pk).deleted_at


def test_moderators_see_how_many_reports_wait_for_them_and_nobody_else_learns_of_any(
    alice: Person, bob: Person, ada: Person, mia: Person, room: Room, report: Report
) -> None:
    """Alice owns the room, and reported; Bob wrote the message. Neither moderates the workspace."""
    for address in ("/rooms/", f"/rooms/{room.pk}/", "/profile/"):
        for person in (alice, bob):
            assert "Reports to decide" not in client_of(person).get(address).content.decode()
    for person in (ada, mia):
        for client in (client_of(person), script_of(person)):
            page = client.get("/rooms/").content.decode()
            assert 'href="/admin/chat/report/"' in page
            assert 'Reports to decide</span> <span class="badge">1</span>' in page
    actions.decide_report(ada, report.pk, "dismissed")
    assert "Reports to decide" not in client_of(mia).get("/rooms/").content.decode()


def test_reports_about_moderators_wait_for_others(
    alice: Person, ada: Person, mia: Person, room: Room
) -> None:
    actions.add_member(alice, room.pk, mia.username)
    actions.add_member(alice, room.pk, ada.username)
    for author in (mia, ada):
        actions.report_message(alice, say(author, room).pk, "spam")
    waiting = {person: Report.objects.waiting_for(person).count() for person in (ada, mia, alice)}
    assert waiting == {ada: 2, mia: 1, alice: 0}  # as may_decide says: owners also decide about their own


def test_moderators_pages_are_told_of_each_change_and_others_are_not(
    alice: Person,
    bob: Person,
    ada: Person,
    mia: Person,
    message: Message,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    events: list[PersonChanged] = []
    monkeypatch.setattr(publishing, "_send", events.extend)

    def told(act: Callable[[], Report]) -> tuple[Report, dict[int, int]]:
        events.clear()
        with django_capture_on_commit_callbacks(execute=True):
            done = act()
        return done, {event.person_id: event.version for event in events}

    def versions() -> dict[int, int]:
        return {person.pk: Person.objects.get(pk=person.pk).version for person in (ada, mia)}

    report, heard = told(lambda: actions.report_message(alice, message.pk, "spam"))
    assert heard == versions()
    assert told(lambda: actions.report_message(alice, message.pk, "spam"))[1] == {}
    before = versions()
    assert told(lambda: actions.decide_report(mia, report.pk, "dismissed"))[1] == versions() != before
    before = versions()
    assert told(lambda: actions.undo_decision(mia, report.pk))[1] == versions() != before


def test_the_number_of_reports_costs_members_no_query(
    alice: Person, mia: Person, report: Report, django_assert_num_queries
) -> None:
    for person, queries in ((alice, 0), (mia, 1)):
        asking = Person.objects.select_related("user").get(pk=person.pk)
        with django_assert_num_queries(queries):
            assert Report.objects.waiting_for(asking).count() == queries
