"""Lists of fragments for pages. For cached ones, only the key is read from the database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chat.events.fragments import fragments
from chat.events.message_parts import load_message_parts
from chat.events.rendering import member_html, member_key, message_html, message_key
from chat.models import Room
from chat.models.member import MemberQuerySet
from chat.models.message import MessageQuerySet, MessageRange


@dataclass(frozen=True, slots=True)
class Window:
    """A range of messages as HTML, oldest first, with the first and last seq; both None if it is empty."""

    html: str
    first_seq: int | None
    last_seq: int | None

    def at_start(self, requested: MessageRange, room: Room) -> bool:
        """Whether the room, as read before these rows, has nothing older; ``requested`` is the range."""
        return requested.older > 0 and (self.first_seq is None or self.first_seq <= room.first_seq)

    def misses(self, requested: MessageRange, room: Room) -> bool:
        """Whether rows are missing that must exist.

        Between reading the room and these rows the reader lost access, and may have it again, or messages expired. The
        page is then read again.
        """
        older = requested.older > 0 and room.first_seq <= min(requested.seq - 1, room.last_seq)
        newer = requested.newer > 0 and max(requested.seq, room.first_seq) <= room.last_seq
        return self.first_seq is None and (older or newer)

    def at_end(self, requested: MessageRange, room: Room) -> bool:
        """Whether the room, as read before these rows, has nothing newer."""
        return (requested.seq - 1 if self.last_seq is None else self.last_seq) >= room.last_seq


def message_window(visible: MessageQuerySet, choose: Callable[[Any], list[Any]]) -> Window:
    """``choose`` takes a range of the messages that the reader may see, like ``MessageQuerySet.newest``.

    One query if all of them are cached, otherwise two.
    """
    return window_from(
        choose(visible.values_list("pk", "version", "author__version", "seq")), lambda: visible
    )


def window_from(found: Sequence[tuple[Any, ...]], visible: Callable[[], MessageQuerySet]) -> Window:
    """``found``: (id, version, author's version, seq) of each message, oldest first.

    Missing ones are read from ``visible``; those gone from there meanwhile are left out. At most one query.
    """

    def render(missing: list[Any]) -> dict[Any, str]:
        rows = visible()
        messages = list(rows.shown().filter(pk__in=missing))
        load_message_parts(messages, rows)
        return {message.pk: message_html(message) for message in messages}

    html = _html([(pk, message_key(pk, *versions)) for pk, *versions, _ in found], render)
    return Window("".join(html), *((found[0][3], found[-1][3]) if found else (None, None)))


def members_from(found: Sequence[Sequence[Any]], visible: Callable[[], MemberQuerySet]) -> str:
    """``found``: (id, version, person's version) of each member, in display order."""

    def render(missing: list[Any]) -> dict[Any, str]:
        rows = visible().select_related("person__user").filter(pk__in=missing)
        return {member.pk: member_html(member) for member in rows}

    return "".join(_html([(pk, member_key(pk, *versions)) for pk, *versions in found], render))


def _html(keys: list[tuple[Any, object]], render: Callable[[list[Any]], dict[Any, str]]) -> Iterable[str]:
    known = {pk: fragments.get(key) for pk, key in keys}
    missing = [pk for pk, html in known.items() if html is None]
    if missing:
        known |= render(missing)
    return (html for html in known.values() if html is not None)
