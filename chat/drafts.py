"""Drafts: unsent text in a room, synced across a person's devices. This module registers the feature."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from chat.actions.drafting import clear_draft, save_draft
from chat.db import sql
from chat.db.columns import Column
from chat.demo.registry import register_demo
from chat.live.latest import register_latest
from chat.models import Person, Room
from chat.models.draft import state_of
from chat.queries.room_list_row import Mark, register_attribute
from chat.queries.room_page import register_value
from chat.signals import message_posted_by_form
from chat.templatetags.chat_features import register_style, register_template
from chat.views.drafts import draft

urlpatterns = [path("rooms/<uuid:room_id>/draft/", draft, name="draft")]

_JOIN = "LEFT JOIN {drafts} d ON d.room_id = r.id AND d.person_id = m.person_id"


def _state(typed_at: Any) -> str:
    return state_of(sql.as_moment_or_none(typed_at))


_STATE = Column("d.typed_at", join=_JOIN, read=_state)

register_latest("draft", _STATE)
register_attribute("draft", _STATE, Mark("draft", icon="note", label=_("draft")))
register_value("composer_text", Column("d.body", join=_JOIN, read=lambda body: body or ""))
register_value("draft_state", _STATE)
register_template("above_composer", "chat/room/_older_draft.html")
register_template("templates", "chat/room/_discard_draft.html")
register_style("chat/css/composer/drafts.css")


def _clear(person: Person, room_id: UUID, **_kwargs: Any) -> None:
    clear_draft(person, room_id)


message_posted_by_form.connect(_clear)


@register_demo
def _demo(people: Mapping[str, Person], rooms: Mapping[str, Room]) -> None:
    save_draft(people["alice"], rooms["winter-party"].pk, "I can make a soup, if", age=timedelta())
