"""Drafts: what somebody has half-typed in a room, on all their devices. The feature's registrations."""

from chat.db import sql
from chat.live.latest import LatestValue, register_latest
from chat.models.draft import state_of

register_latest(
    LatestValue(
        "draft",
        column="d.typed_at",
        join="LEFT JOIN {drafts} d ON d.room_id = r.id AND d.person_id = p.id",
        to_json=lambda typed_at: state_of(sql.as_moment_or_none(typed_at)) or None,
    )
)
