"""The fragments that pages, responses and frames share: rendered once, the same for every viewer."""

import hashlib
from uuid import UUID

from django.template.loader import render_to_string

from chat.events.fragments import fragments
from chat.events.message_parts import load_message_parts
from chat.models import Member, Message, Room


def message_html(message: Message) -> str:
    """The one fragment of a message. Needs ``author`` selected, and ``load_message_parts``, or it loads them."""
    key = message_key(message.pk, message.version, message.author.version)
    html = fragments.get(key)
    if html is None:
        if message.parts is None:
            load_message_parts([message])
        html = fragments.put(key, _render("chat/message/_message.html", message=message))
    return html


def member_html(member: Member) -> str:
    """The one fragment of a member. Needs ``person.user`` selected."""
    key = member_key(member.pk, member.version, member.person.version)
    return fragments.get(key) or fragments.put(key, _render("chat/members/_member.html", member=member))


def message_key(message_id: UUID, version: int, author_version: int) -> object:
    """Identifies the fragment of a message. The author's version is part of it, because their name may change."""
    return "message", message_id, version, author_version


def member_key(member_id: int, version: int, person_version: int) -> object:
    return "member", member_id, version, person_version


def title_html(room: Room) -> str:
    return _render("chat/room/_title.html", room=room)


def _render(template: str, **context: object) -> str:
    return render_to_string(template, context).strip()


def session_digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
