"""What has changed in a room since a version: new, edited, deleted, joined, left, renamed, all by one rule."""

from collections.abc import Iterable
from dataclasses import dataclass

from chat.live.rendering import member_html, message_html, title_html
from chat.models import Member, Message, Room

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
    span = {"room": room, "version__gt": after, "version__lte": room.version}
    messages = Message.objects.shown().filter(**span).order_by("version")[: PAGE + 1]
    members = Member.objects.select_related("person__user").filter(**span).order_by("version")[: PAGE + 1]
    rows = [(message.version, message_html(message)) for message in messages]
    rows += [(member.version, member_html(member)) for member in members]
    if room.details_version > after:
        rows.append((room.details_version, title_html(room)))
    rows.sort(key=lambda row: row[0])
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        return Answer(_html(rows), rows[-1][0], more=True)
    return Answer(_html(rows), room.version)


def _start_over(room: Room) -> Answer:
    # Rows that changed since the room was read are left out, as above, and come with the next answer.
    known = {"room": room, "version__lte": room.version}
    messages = Message.objects.shown().filter(**known).newest(WINDOW)
    members = Member.objects.current().select_related("person__user").filter(**known).order_by("pk")
    fragments = [title_html(room), *map(member_html, members), *map(message_html, messages)]
    at_start = not messages or messages[0].seq == 1
    return Answer(fragments, room.version, start_over=True, at_start=at_start)


def _html(rows: Iterable[tuple[int, str]]) -> list[str]:
    return [html for _, html in rows]
