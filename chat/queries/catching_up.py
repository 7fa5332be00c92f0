"""What has changed in a room since a version: new, edited, deleted, joined, left, renamed, all by one rule."""

from collections.abc import Iterable
from dataclasses import dataclass

from chat.events.rendering import member_html, message_html, title_html
from chat.models import Member, Message, Room
from chat.models.message import Part
from chat.queries.cached_fragments import members_from, message_window

PAGE = 100  # changes in one answer
TOO_FAR = 500  # changes behind, past which the newest window replaces what the page has
WINDOW = 40  # messages in that window


@dataclass(frozen=True, slots=True)
class Answer:
    """``version`` is what the page holds after taking it in; ``more`` says that there is more after that."""

    fragments: list[str]
    version: int
    more: bool = False
    start_over: bool = False
    at_start: bool = False

    @property
    def kind(self) -> str:
        if self.start_over:
            return "start over"
        return "more" if self.more else "some" if self.fragments else "nothing"


def since(room: Room, after: int) -> Answer:
    """Changes after version ``after``. ``room`` must have been read before this call. Two queries, one if up to date.

    Rows beyond the room's version as it was read are left out: another table, read a moment earlier, may lack
    a change that lies below them. They come with the next answer.
    """
    if after > room.version or after < room.floor or room.version - after > TOO_FAR:
        return _start_over(room)
    if after == room.version:
        return Answer([], room.version)
    span = {"version__gt": after, "version__lte": room.version}
    messages = Message.objects.retained_in(room.pk).shown().filter(**span).order_by("version")[: PAGE + 1]
    members = Member.objects.select_related("person__user").filter(room=room, **span).order_by("version")
    rows = [(message.version, message_html(message)) for message in messages]
    rows += [(member.version, member_html(member)) for member in members[: PAGE + 1]]
    if room.details_version > after:
        rows.append((room.details_version, title_html(room)))
    rows.sort(key=lambda row: row[0])
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        return Answer(_html(rows), rows[-1][0], more=True)
    return Answer(_html(rows), room.version)


def _start_over(room: Room) -> Answer:
    """All pages of a room may ask at once, so what was rendered before is not read again: two queries then, else four."""
    # Rows that changed since the room was read are left out, as above, and come with the next answer.
    known = {"version__lte": room.version}
    members = Member.objects.current().filter(room=room, **known)
    seated = members.order_by("pk").values_list("pk", "version", "person__version")
    messages = message_window(
        Message.objects.retained_in(room.pk).filter(**known), lambda rows: rows.newest(WINDOW)
    )
    at_start = messages.at_start(Part.newest(), room)
    fragments = [title_html(room), members_from(list(seated), lambda: members), messages.html]
    return Answer(fragments, room.version, start_over=True, at_start=at_start)


def _html(rows: Iterable[tuple[int, str]]) -> list[str]:
    return [html for _, html in rows]
