"""Reporting messages to the workspace moderators, and deciding reports."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat import policies
from chat.actions.auditing import Act, clean_reason, note
from chat.actions.banning import add_ban, lift_ban
from chat.actions.locking import lock_room, person_changed
from chat.actions.members import remove_from_room
from chat.actions.messages import moderate_message
from chat.actions.missing import why_missing
from chat.actions.people import deactivate_person, reactivate_person
from chat.actions.silencing import silence_person, unsilence_person
from chat.db.clock import clock
from chat.errors import Invalid, NotFound, Refused
from chat.events.publishing import publish
from chat.limits import allow
from chat.models import Ban, Member, Message, Person, Report, Room
from chat.models.report import WORDS_LIMIT
from chat.privacy.registry import PersonalData, register_personal_data
from chat.text.cleaning import bounded_line

SILENCED = timedelta(days=1)

Decision = Report.Decision


def report_message(person: Person, message_id: UUID, kind: str, words: str = "") -> Report:
    """Raises NotFound, Gone, Refused, Invalid and Limited. A repeated report returns the first one."""
    words = bounded_line(words, WORDS_LIMIT)
    if kind not in Report.Kind.values:
        raise Invalid(_("Choose what is wrong with the message."))
    message = Message.objects.visible_to(person).filter(pk=message_id).first()
    if message is None:
        raise why_missing(person, message_id)
    if not policies.may_report(person, message):
        raise Refused(_("You can report only messages by other people that are not deleted."))
    allow("report", person.pk)
    values = {"kind": kind, "words": words, "body": message.body, "created_at": Now()}
    report, made = Report.objects.get_or_create(message=message, reporter=person, defaults=values)
    if made:
        _tell_moderators()
    return report


@transaction.atomic
def decide_report(person: Person, report_id: int, decision: str, remark: str = "") -> Report:
    """Carry out the decision and log it. Raises NotFound, Refused and Invalid; then nothing is decided.

    A report is decided once; ``undo_decision`` opens it again.
    """
    remark = clean_reason(remark)
    if decision not in Decision.values:
        raise Invalid(_("This decision does not exist."))
    report = _locked(person, report_id)
    if report.decided_at is not None:
        raise Refused(_("This report is already decided."))
    if act := _ACTIONS.get(decision):
        act(person, report, remark)
    report.decided_at, report.decided_by, report.decision, report.note = Now(), person, decision, remark
    report.save(update_fields=["decided_at", "decided_by", "decision", "note"])
    _note(person, Act.DECIDED, report, reason=remark)
    _tell_moderators()
    return report


@transaction.atomic
def undo_decision(person: Person, report_id: int) -> Report:
    """Open the report again, and undo what can be undone: a ban, a silence, a deactivation. Raises NotFound and
    Refused.

    Deleted text is lost, and people who were removed have to come back by themselves.
    """
    report = _locked(person, report_id)
    if report.decision not in _UNDO_ACTIONS:
        raise Refused(_("This can't be undone."))
    _UNDO_ACTIONS[report.decision](person, report)
    _note(person, Act.UNDONE, report)
    report.decided_at = report.decided_by = None
    report.decision = report.note = ""
    report.save(update_fields=["decided_at", "decided_by", "decision", "note"])
    _tell_moderators()
    return report


def _tell_moderators() -> None:
    """After the commit, the pages of all workspace moderators fetch their number of waiting reports.

    In a transaction of its own, which locks people in the order of their ids, and nothing else. One query for each
    moderator.
    """

    @transaction.atomic
    def tell() -> None:
        moderators = Person.objects.moderators().order_by("pk")
        publish(*map(person_changed, moderators.select_for_update(of=("self",), no_key=True)))

    transaction.on_commit(tell, robust=True)


def _locked(person: Person, report_id: int) -> Report:
    if not policies.may_moderate_workspace(person):
        raise Refused(_("Only workspace moderators can decide reports."))
    reports = Report.objects.select_for_update(of=("self",)).select_related("message__author__user")
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise NotFound
    if not policies.may_decide(person, report.message):
        raise Refused(_("Someone else has to decide reports about your messages."))
    return report


def _note(person: Person, act: Act, report: Report, reason: str = "") -> None:
    about = report.message
    details = {"report": report.pk, "decision": report.decision}
    note(
        person,
        act,
        person=about.author,
        room=Room(pk=about.room_id),
        message=about.pk,
        reason=reason,
        **details,
    )


def _delete(person: Person, report: Report, remark: str) -> None:
    moderate_message(person, report.message_id, reason=remark)


def _remove(person: Person, report: Report, remark: str) -> None:
    room = _room_of(person, report)
    found = Member.objects.select_related("person__user")
    member = found.filter(room=room, person=report.message.author, active=True).first()
    if member is None:
        raise Refused(_("They are no longer in the room."))
    remove_from_room(room, member)
    note(person, Act.REMOVED, person=member.person, room=room, reason=remark)


def _ban(person: Person, report: Report, remark: str) -> None:
    add_ban(_room_of(person, report), report.message.author, by=person, reason=remark)


def _room_of(person: Person, report: Report) -> Room:
    """The message's room, locked, if this person may act on the author. Raises Refused."""
    room = lock_room(report.message.room_id)
    if not policies.may_leave(room):
        raise Refused(_("People can't be removed from a direct conversation."))
    if not policies.may_act_on(person, report.message.author):
        raise Refused(_("You can't moderate this person."))
    return room


def _silence(person: Person, report: Report, remark: str) -> None:
    """An author who is silenced for longer stays so."""
    author = report.message.author
    if policies.may_act_on(person, author) and policies.is_silenced(
        clock.now() + SILENCED, author.silenced_until
    ):
        return
    silence_person(person, author.pk, SILENCED, remark)


def _deactivate(person: Person, report: Report, remark: str) -> None:
    deactivate_person(report.message.author, by=person, reason=remark)


def _lift(person: Person, report: Report) -> None:
    for ban in Ban.objects.active().filter(room=report.message.room_id, person=report.message.author):
        lift_ban(person, ban.pk)


def _unsilence(person: Person, report: Report) -> None:
    unsilence_person(person, report.message.author_id)


def _reactivate(person: Person, report: Report) -> None:
    reactivate_person(report.message.author, by=person)


_ACTIONS: dict[str, Callable[[Person, Report, str], None]] = {
    Decision.DELETED: _delete,
    Decision.REMOVED: _remove,
    Decision.BANNED: _ban,
    Decision.SILENCED: _silence,
    Decision.DEACTIVATED: _deactivate,
}
_UNDO_ACTIONS: dict[str, Callable[[Person, Report], None]] = {
    Decision.DISMISSED: lambda _person, _report: None,
    Decision.BANNED: _lift,
    Decision.SILENCED: _unsilence,
    Decision.DEACTIVATED: _reactivate,
}
UNDOABLE = frozenset(_UNDO_ACTIONS)

register_personal_data(
    "reports",
    PersonalData(
        references=("Report.reporter", "Report.decided_by"),
        stays="Reports and who decided them. Their text is erased with the person's messages (`leaving`).",
    ),
)
