"""Lists of fragments for pages: of what was rendered before only the key is read from the database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chat.live.fragments import fragments
from chat.live.rendering import member_html, member_key, message_html, message_key
from chat.models.member import MemberQuerySet
from chat.models.message import MessageQuerySet


@dataclass(frozen=True, slots=True)
class Window:
    """A run of messages as HTML, oldest first, and the seq of the first."""

    html: str
    first_seq: int | None


def message_window(visible: MessageQuerySet, choose: Callable[[Any], list[Any]]) -> Window:
    """``choose`` takes a part of the messages that the reader may see, as ``MessageQuerySet.newest`` does.

    One query if all of them were rendered before, else two. What is gone from ``visible`` between the two is left out.
    """
    found = choose(visible.values_list("pk", "version", "author__version", "seq"))

    def render(missing: list[Any]) -> dict[Any, str]:
        return {message.pk: message_html(message) for message in visible.shown().filter(pk__in=missing)}

    html = _html([(pk, message_key(pk, *versions)) for pk, *versions, _ in found], render)
    return Window("".join(html), found[0][3] if found else None)


def members_html(members: MemberQuerySet) -> str:
    """In the order of ``members``. One query if all of them were rendered before, else two."""
    found = list(members.values_list("pk", "version", "person__version"))

    def render(missing: list[Any]) -> dict[Any, str]:
        rows = members.select_related("person__user").filter(pk__in=missing)
        return {member.pk: member_html(member) for member in rows}

    return "".join(_html([(pk, member_key(pk, *versions)) for pk, *versions in found], render))


def _html(keys: list[tuple[Any, object]], render: Callable[[list[Any]], dict[Any, str]]) -> Iterable[str]:
    kept = {pk: fragments.get(key) for pk, key in keys}
    missing = [pk for pk, html in kept.items() if html is None]
    if missing:
        kept |= render(missing)
    return (html for html in kept.values() if html is not None)
