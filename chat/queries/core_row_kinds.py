"""The rows that every room has: its title, its members, its messages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from chat.db import sql
from chat.events.message_parts import load_message_parts
from chat.events.rendering import member_html, message_html, title_html
from chat.models import Member, Message, Person, Room
from chat.models.message import MessageRange
from chat.queries.cached_fragments import members_from, message_window
from chat.queries.page_parts import PagePart, is_member
from chat.queries.row_kinds import RowKind, Rows, register_row_kind

WINDOW = 40  # messages of a page that starts over

_MEMBERS = """
    SELECT m.id, m.version, p.version
    FROM {current} m JOIN {people} p ON p.id = m.person_id
    WHERE m.room_id = %s AND {is_member}
    ORDER BY p.display_name, m.id
"""


class TitleRow(RowKind):
    """One row: name, topic and settings. Its version is ``details_version``."""

    prefix = "room-title"

    def changed(self, room: Room, after: int, _limit: int) -> Iterable[tuple[int, str]]:
        return [(room.details_version, title_html(room))] if room.details_version > after else []

    def current(self, room: Room) -> Rows:
        return Rows(title_html(room))


class MemberRows(RowKind, PagePart):
    """The members. Those who left come with catch-up, marked as gone."""

    prefix = "member-"
    section = "chat/members/_section.html"

    def changed(self, room: Room, after: int, limit: int) -> Iterable[tuple[int, str]]:
        members = Member.objects.select_related("person__user").filter(
            room=room, version__gt=after, version__lte=room.version
        )
        return [(member.version, member_html(member)) for member in members.order_by("version")[:limit]]

    def current(self, room: Room) -> Rows:
        members = Member.objects.current().filter(room=room, version__lte=room.version)
        found = members.order_by("pk").values_list("pk", "version", "person__version")
        return Rows(members_from(list(found), lambda: members))

    def page_statement(self, room_id: UUID, person: Person) -> sql.Statement:
        member, values = is_member(room_id, person)
        return sql.named(_MEMBERS, is_member=member), [sql.key(room_id), *values]

    def page_context(
        self, room: Room, person: Person, found: Sequence[Sequence[Any]]
    ) -> Mapping[str, object]:
        # The query is built only if a member is not cached: that takes longer than all else here.
        html = members_from(
            found,
            lambda: Member.objects.current().filter(room=room, room__in=Room.objects.joined_by(person)),
        )
        return {"members": html}


class MessageRows(RowKind):
    """The messages that the room retains. The room's page shows the window that the reader asked for (``room_page``)."""

    prefix = "message-"

    def changed(self, room: Room, after: int, limit: int) -> Iterable[tuple[int, str]]:
        rows = Message.objects.retained_in(room.pk).filter(version__gt=after, version__lte=room.version)
        messages = list(rows.shown().order_by("version")[:limit])
        load_message_parts(messages, rows)
        return [(message.version, message_html(message)) for message in messages]

    def current(self, room: Room) -> Rows:
        messages = Message.objects.retained_in(room.pk).filter(version__lte=room.version)
        window = message_window(messages, lambda rows: rows.newest(WINDOW))
        return Rows(window.html, window.at_start(MessageRange.newest(), room))


for kind in (TitleRow(), MemberRows(), MessageRows()):
    register_row_kind(kind)
