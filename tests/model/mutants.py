"""Mutants: each leaves out one rule, and the model must catch it."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from chat import actions
from chat.actions import accepting, directs, locking, members, messages, posting, retention
from chat.db.clock import clock
from chat.events.envelope import person_topic
from chat.events.types import ReadMoved
from chat.live.access_checks import AccessChecks
from chat.live.registry import ConnectionRegistry
from chat.live.subscribers import RoomSubscribers
from chat.models import Invitation, Member, Message, Room
from chat.models.invitation import InvitationQuerySet
from chat.queries import catching_up, core_row_kinds, room_list_row
from tests.model import polling
from tests.model import room_list as lists
from tests.model.client import Client
from tests.model.outbox import Item, Outbox
from tests.model.page import Page, Row
from tests.model.room_list import RoomList, RoomListRow
from tests.model.sending import Sending

type Plant = Callable[[pytest.MonkeyPatch], None]


def permission_is_not_asked_again(put: pytest.MonkeyPatch) -> None:
    def careless(self: Any, room: str, subscribers: RoomSubscribers) -> None:
        pending, subscribers.pending = subscribers.pending, []
        for envelope in pending:
            if "frame" in envelope:
                subscribers.deliver(envelope)

    put.setattr(AccessChecks, "recheck", careless)


def a_ban_misses_one_of_the_sockets(put: pytest.MonkeyPatch) -> None:
    real = ConnectionRegistry.revoke

    def incomplete(self: Any, connection: Any, room: str) -> None:
        theirs = self.on(person_topic(connection.person_id))
        if not any(other is not connection and room in other.rooms for other in theirs):
            real(self, connection, room)

    put.setattr(ConnectionRegistry, "revoke", incomplete)


def a_ban_does_not_stand(put: pytest.MonkeyPatch) -> None:
    put.setattr(members, "is_banned", lambda *_: False)


def a_removal_has_no_epoch(put: pytest.MonkeyPatch) -> None:
    real = locking.advance
    put.setattr(members, "advance", lambda room, **_: real(room))


def older_versions_replace_newer_ones(put: pytest.MonkeyPatch) -> None:
    def gullible(self: Page, row: Row) -> str:
        self.rows[row.key] = row
        return "apply"

    put.setattr(Page, "_row", gullible)


def a_version_is_read_after_the_rows(put: pytest.MonkeyPatch) -> None:
    real = catching_up.since

    def late(room: Room, after: int) -> Any:
        answer = real(room, after)
        newest = Room.objects.get(pk=room.pk).version
        return catching_up.Answer(answer.fragments, newest, answer.more, answer.start_over, answer.at_start)

    put.setattr(polling.catching_up, "since", late)


def history_never_lowers_what_is_held(put: pytest.MonkeyPatch) -> None:
    real = Page.history

    def never(self: Page, before: int | None, version: int, rows: Any, at_start: bool) -> Any:
        return real(self, before, max(version, self.held), rows, at_start)

    put.setattr(Page, "history", never)


def history_joins_anything(put: pytest.MonkeyPatch) -> None:
    real = Page.history

    def joins(self: Page, before: int | None, version: int, rows: Any, at_start: bool) -> Any:
        return real(self, self.low, version, rows, at_start)

    put.setattr(Page, "history", joins)


def what_one_wrote_is_unread_in_ones_other_pages(put: pytest.MonkeyPatch) -> None:
    real = posting.publish
    put.setattr(
        posting, "publish", lambda *events: real(*(e for e in events if not isinstance(e, ReadMoved)))
    )


def a_restore_keeps_the_old_versions(put: pytest.MonkeyPatch) -> None:
    put.setattr(actions, "renew_numbers", lambda: None)


def a_late_frame_changes_what_is_held(put: pytest.MonkeyPatch) -> None:
    def frame(self: Page, row: Row) -> tuple[str, bool]:
        verdict = self._row(row) if row.version > self.held or row.key in self.rows else "ignore"
        if row.version > self.held:
            self.seen.add(row.version)
        self._advance()
        return verdict, self._gap()

    put.setattr(Page, "frame", frame)


def a_second_tab_sends_under_another_id(put: pytest.MonkeyPatch) -> None:
    def sent_as(self: Sending, item: Item) -> UUID:
        second = self.world.clients.index(self) % 2  # type: ignore[arg-type]
        return UUID(int=item.id.int + 1) if second else item.id

    put.setattr(Sending, "sent_as", sent_as)


def the_newest_goes_out_first(put: pytest.MonkeyPatch) -> None:
    def first(self: Outbox, room: str) -> Item | None:
        return next((item for item in reversed(self.mine()) if item.room == room and not item.failed), None)

    put.setattr(Outbox, "first", first)


def what_the_server_refused_is_dropped(put: pytest.MonkeyPatch) -> None:
    real = Outbox.settle
    put.setattr(Outbox, "settle", lambda self, message, failed: real(self, message, failed and ""))


def a_link_is_used_past_its_limit(put: pytest.MonkeyPatch) -> None:
    real = accepting._take

    def once_more(invitation: Invitation, person: Any) -> None:
        real(invitation, person)
        Invitation.objects.filter(pk=invitation.pk).update(uses=0)

    put.setattr(accepting, "_take", once_more)


def an_invitation_never_expires(put: pytest.MonkeyPatch) -> None:
    real = InvitationQuerySet.open

    def for_ever(self: InvitationQuerySet) -> InvitationQuerySet:
        with patch.object(clock, "now", lambda: datetime(2000, 1, 1, tzinfo=UTC)):
            return real(self)

    put.setattr(InvitationQuerySet, "open", for_ever)


def an_invitation_brings_back_who_was_removed(put: pytest.MonkeyPatch) -> None:
    put.setattr(members, "spend_invitations", lambda *_: None)


def a_set_of_people_has_two_conversations(put: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    put.setattr(directs, "people_key", lambda ids: made.append("") or f"{len(made)}")


def a_hidden_conversation_never_comes_back(put: pytest.MonkeyPatch) -> None:
    real = directs._hide
    put.setattr(directs, "_hide", lambda member, seq: real(member, seq and 2**40))


def a_page_carries_no_version_of_the_person(put: pytest.MonkeyPatch) -> None:
    put.setattr(Client, "compare_person", lambda *_: None)


def who_is_silenced_posts(put: pytest.MonkeyPatch) -> None:
    put.setattr(posting, "why_not_post", lambda *_: None)


def reading_goes_back(put: pytest.MonkeyPatch) -> None:
    def back(person: Any, room_id: UUID, seq: int) -> None:
        Member.objects.filter(person=person, room=room_id).update(read_seq=max(0, seq - 1))

    put.setattr(actions, "mark_read", back)


def a_page_goes_on_from_before_what_is_expired(put: pytest.MonkeyPatch) -> None:
    real = retention.expire_in

    def without_floor(room: Room, before: datetime) -> bool:
        floor, done = room.floor, real(room, before)
        Room.objects.filter(pk=room.pk).update(floor=floor)
        return done

    put.setattr(retention, "expire_in", without_floor)


def catching_up_brings_back_what_is_expired(put: pytest.MonkeyPatch) -> None:
    everything = SimpleNamespace(retained_in=lambda room_id: Message.objects.filter(room=room_id))
    put.setattr(core_row_kinds, "Message", SimpleNamespace(objects=everything))


def what_is_expired_stays_unread(put: pytest.MonkeyPatch) -> None:
    put.setattr(retention, "Member", SimpleNamespace(objects=Member.objects.none()))


def elsewhere_what_is_expired_stays_unread(put: pytest.MonkeyPatch) -> None:
    real = RoomList.nudge

    def without(self: RoomList, heard: dict[str, Any]) -> None:
        real(self, {name: value for name, value in heard.items() if name != "first"})

    put.setattr(RoomList, "nudge", without)


def what_is_expired_stays_the_last_line(put: pytest.MonkeyPatch) -> None:
    put.setattr(room_list_row, "_STATEMENT", room_list_row._STATEMENT.replace("AND l.seq >= r.first_seq", ""))


def what_is_expired_is_edited(put: pytest.MonkeyPatch) -> None:
    put.setattr(messages, "_get", lambda room, message: Message.objects.shown().get(pk=message, room=room))


def what_is_expired_leaves_no_id(put: pytest.MonkeyPatch) -> None:
    real = retention.empty_in

    def deleted(room: Room) -> None:
        real(room)
        Message.objects.filter(room=room, seq__lte=room.emptied_seq).delete()

    put.setattr(retention, "empty_in", deleted)


def an_edit_gives_other_words(put: pytest.MonkeyPatch) -> None:
    """Everyone sees the same wrong text: screens and database agree."""
    put.setattr(messages, "clean_body", lambda _: "Never said")


# Mutants that chance catches soon; test_scenarios.py has the others. ``make chaos`` runs all, ``make test`` these three: one
# rule of the server, one of what a page holds, one of what it sends.
ALWAYS: list[Plant] = [
    permission_is_not_asked_again,
    a_page_goes_on_from_before_what_is_expired,
    a_second_tab_sends_under_another_id,
]
FAULTS: list[Plant] = [
    *ALWAYS,
    a_removal_has_no_epoch,
    a_version_is_read_after_the_rows,
    what_one_wrote_is_unread_in_ones_other_pages,
    the_newest_goes_out_first,
    what_the_server_refused_is_dropped,
    catching_up_brings_back_what_is_expired,
    what_is_expired_stays_unread,
    an_edit_gives_other_words,
]


def the_newest_edit_is_the_last_line(put: pytest.MonkeyPatch) -> None:
    real = RoomList._show

    def by_version_alone(self: RoomList, row: RoomListRow, news: dict[str, Any]) -> None:
        if news["last"]:
            row.line_of = news["last"]["seq"]
        real(self, row, news)

    put.setattr(RoomList, "_show", by_version_alone)


def a_restore_leaves_the_last_line(put: pytest.MonkeyPatch) -> None:
    put.setattr(lists, "is_of_before_a_backup", lambda *_: False)


def what_was_gone_before_a_restore_stays_read(put: pytest.MonkeyPatch) -> None:
    real = RoomList.nudge

    def for_good(self: RoomList, heard: dict[str, Any]) -> None:
        if first := heard.get("first", 0):
            self.read(heard["room"], first - 1)
        real(self, heard)

    put.setattr(RoomList, "nudge", for_good)


def what_was_refused_stays_so(put: pytest.MonkeyPatch) -> None:
    put.setattr(Sending, "came", lambda *_: None)
