"""The only writers. Each action is a verb, runs in one transaction, and publishes its events after the commit.

Actions take a ``Person`` (who acts), raise ``chat.errors`` and know nothing of requests. Where a docstring says "no
change if repeated", a second call with the same arguments succeeds and does nothing.
"""

from chat.actions.accepting import accept_invitation, arrive, reserve_invitation
from chat.actions.after_restore import renew_numbers
from chat.actions.banning import ban_member, lift_ban
from chat.actions.blocking import block_person, unblock_person
from chat.actions.directs import hide_direct, open_direct
from chat.actions.invitations import (
    decline_invitation,
    invite_email,
    invite_person,
    make_link,
    note_refused_mail,
    revoke_invitation,
)
from chat.actions.leaving import delete_account, why_not_delete
from chat.actions.members import add_member, join_room, leave_room, remove_member, set_role, why_needed
from chat.actions.messages import delete_message, edit_message, moderate_message
from chat.actions.people import deactivate_person, ensure_person, hold_people, reactivate_person
from chat.actions.posting import Posted, Posting, post_message, post_messages, rendered
from chat.actions.profiles import edit_profile, remove_picture, rename_person, set_picture
from chat.actions.reading import mark_read
from chat.actions.recording import record, roll_up
from chat.actions.reporting import decide_report, report_message, undo_decision
from chat.actions.retention import empty_some, expire_before, expire_due
from chat.actions.room_preferences import order_favourites, order_rooms, set_favourite, set_muted
from chat.actions.rooms import archive_room, close_room, create_room, edit_room, restore_room
from chat.actions.silencing import silence_member, silence_person, unsilence_member, unsilence_person
from chat.actions.workspace_roles import hand_over, set_workspace_role

__all__ = [
    "Posted",
    "Posting",
    "accept_invitation",
    "add_member",
    "archive_room",
    "arrive",
    "ban_member",
    "block_person",
    "close_room",
    "create_room",
    "deactivate_person",
    "decide_report",
    "decline_invitation",
    "delete_account",
    "delete_message",
    "edit_message",
    "edit_profile",
    "edit_room",
    "empty_some",
    "ensure_person",
    "expire_before",
    "expire_due",
    "hand_over",
    "hide_direct",
    "hold_people",
    "invite_email",
    "invite_person",
    "join_room",
    "leave_room",
    "lift_ban",
    "make_link",
    "mark_read",
    "moderate_message",
    "note_refused_mail",
    "open_direct",
    "order_favourites",
    "order_rooms",
    "post_message",
    "post_messages",
    "reactivate_person",
    "record",
    "remove_member",
    "remove_picture",
    "rename_person",
    "rendered",
    "renew_numbers",
    "report_message",
    "reserve_invitation",
    "restore_room",
    "revoke_invitation",
    "roll_up",
    "set_favourite",
    "set_muted",
    "set_picture",
    "set_role",
    "set_workspace_role",
    "silence_member",
    "silence_person",
    "unblock_person",
    "undo_decision",
    "unsilence_member",
    "unsilence_person",
    "why_needed",
    "why_not_delete",
]
