"""Every deed of the table, and its doors."""

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from chat.models import Ban, Member
from tests.policies.routes import (
    ADMIN,
    ARCHIVED,
    CLOSED,
    DIRECT,
    OPEN,
    PLACE,
    QUIET,
    a_ban,
    a_moderator,
    act,
    its_token,
    look,
    moderate,
    other_member,
    others,
    own,
    send,
    silenced_member,
    the_link,
)
from tests.policies.world import PICTURE, Trier, World


def other_person(by: Trier, _at: str) -> int:
    return by.world.person("other").pk


def own_invitation(by: Trier, _at: str) -> str:
    return by.world.personal.get(by.name, by.world.personal["removed"]).token


def others_invitation(by: Trier, _at: str) -> str:
    return by.world.personal["removed"].token


def a_picture(by: Trier, _at: str) -> list[Any]:
    return [by.world.person("owner").pk, by.world.picture]


def a_file(_by: Trier, _at: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", PICTURE, "image/png")


def an_heir(world: World) -> Member:
    """Of a room whose only owner has gone since."""
    return world.member("Without an owner", "other")


ROOMS = (CLOSED, OPEN)
ALL = (*ROOMS, DIRECT)

# Seeing

look("find it and see its details", "chat:room", *ALL)
look("read messages", "chat:messages", *ALL, query="?before=99")
look("read messages", "chat:changes", *ALL, query="?after=0")
look("follow a link to a message", "chat:message", *ALL, where=others)
look("see its members", "chat:members", *ALL)

# Talking

act("post messages", "chat:messages", *ALL, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", *ALL, where=own, body="Another text")
act("edit someone else's message", "chat:edit_message", *ALL, where=others, body="Another text")
act("delete their own message", "chat:delete_message", *ALL, where=own)
look("delete their own message", "chat:delete_message", *ALL, where=own)
look("delete their own message", "chat:message_acts", *ALL, where=own)
act("report someone else's message", "chat:report_message", *ALL, where=others, kind="spam", words="")
look("report someone else's message", "chat:report_message", *ALL, where=others)
act("report their own message", "chat:report_message", *ALL, where=own, kind="spam", words="")
act("delete someone else's message", "chat:delete_message", *ALL, where=others)
act("mark it as read", "chat:read", *ALL, seq="99")

act("save a draft", "chat:draft", *ALL, body="Half a sen", age="0", based_on="")
look("save a draft", "chat:draft", *ALL)

# Coming and going

act("join", "chat:join", *ROOMS)
act("join by an invitation link", "chat:invitation", *ROOMS, where=its_token)
act("mute it and add it to favourites", "chat:mute", *ALL, muted="1")
act("mute it and add it to favourites", "chat:favourite", *ALL, favourite="1")
act("leave", "chat:leave", *ALL)
act("hide it until the next message", "chat:hide", *ALL)
act("add a person", "chat:add_member", *ROOMS, username="stranger-1")
act("remove a member", "chat:remove_member", *ROOMS, where=other_member)
act("remove a moderator", "chat:remove_member", *ROOMS, where=a_moderator)
act("ban a member", "chat:ban_member", *ROOMS, where=other_member, reason="Loud", wipe="yes")
look("ban a member", "chat:ban_member", *ROOMS, where=other_member)
act("ban a moderator", "chat:ban_member", *ROOMS, where=a_moderator)
act("unban a person", "chat:lift_ban", *ROOMS, where=a_ban)
act("silence a member", "chat:silence_member", *ROOMS, where=other_member, lasting="day")
look("silence a member", "chat:silence_member", *ROOMS, where=other_member)
act("silence a moderator", "chat:silence_member", *ROOMS, where=a_moderator, lasting="day")
act("unsilence a member", "chat:unsilence_member", *ROOMS, where=silenced_member)
look("invite people", "chat:invitations", *ROOMS)
act("invite people", "chat:invitations", *ROOMS, by="link", days="7", most_uses="5")
look("see an invitation link", "chat:show_invitation", *ROOMS, where=the_link)
act("revoke an invitation", "chat:revoke_invitation", *ROOMS, where=the_link)
act("change roles", "chat:set_role", *ROOMS, where=other_member, role="moderator")

# What it is

act("change name and topic", "chat:edit_room", *ROOMS, name="renamed", topic="About something else")
act(
    "set who can post and slow mode",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    slow_seconds="30",
    writers="keepers",
)
act(
    "set how long messages are kept",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    keep_days="30",
    sure="1",
)
act("make it closed", "chat:close", OPEN)
act("archive it", "chat:archive", *ROOMS)

# What is archived

act("post messages", "chat:messages", ARCHIVED, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", ARCHIVED, where=own, body="Another text")
act("delete their own message", "chat:delete_message", ARCHIVED, where=own)
look("read messages", "chat:messages", ARCHIVED, query="?before=99")
act("unarchive it", "chat:restore", ARCHIVED)
act("join", "chat:join", ARCHIVED)

# Where only keepers write

act("post messages", "chat:messages", QUIET, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", QUIET, where=own, body="Another text")
look("read messages", "chat:messages", QUIET, query="?before=99")

# The whole place

look("see rooms and people", "chat:rooms", PLACE)
look("see rooms and people", "chat:beat", PLACE)
look("see rooms and people", "chat:me", PLACE)
look("see rooms and people", "chat:browse", PLACE)
look("see rooms and people", "chat:people", PLACE)
look("see rooms and people", "chat:switch", PLACE, query="?q=other", ways=(True,))
look("see rooms and people", "chat:favourites", PLACE)
look("see rooms and people", "chat:person", PLACE, where=other_person)
look("see rooms and people", "chat:picture", PLACE, where=a_picture)
act("create a room", "chat:create", PLACE, name="brand-new", topic="", kind="open")
act("start a direct conversation", "chat:people", PLACE, only=other_person)
look("see their blocked people", "chat:blocked", PLACE)
act("block a person", "chat:block", PLACE, where=other_person)
act("unblock a person", "chat:unblock", PLACE, where=lambda by, _: by.world.person("silenced").pk)
look("edit their profile", "chat:profile", PLACE)
act(
    "edit their profile",
    "chat:profile",
    PLACE,
    display_name="Somebody Else",
    username="somebody-else",
    theme="dark",
)
act("edit their profile", "chat:set_picture", PLACE, picture=a_file)
send("download their data", "chat:export", PLACE)
look("invite people to the workspace", "chat:workspace_invitations", PLACE)
act("invite people to the workspace", "chat:workspace_invitations", PLACE, by="link", days="7", most_uses="5")
act("decline their own invitation", "chat:decline_invitation", PLACE, where=own_invitation)
act("decline someone else's invitation", "chat:decline_invitation", PLACE, where=others_invitation)
act("accept their own invitation", "chat:invitation", PLACE, where=own_invitation)
act("accept someone else's invitation", "chat:invitation", PLACE, where=others_invitation)

# The administration

for model in ("room", "person", "member", "ban", "invitation", "auditentry", "report"):
    look("see rooms, people, reports and the audit log", f"admin:chat_{model}_changelist", ADMIN)
look("see rooms, people, reports and the audit log", "admin:chat_report_counts", ADMIN)
look("see messages", "admin:chat_message_changelist", ADMIN)
look("see accounts and sign-up", "admin:accounts_user_changelist", ADMIN)
look("see accounts and sign-up", "admin:accounts_installation_changelist", ADMIN)
look("see monitoring", "admin:chat_measure_changelist", ADMIN)
for span in ("hour", "month"):
    look("see monitoring", f"admin:chat_measure_{span}", ADMIN)
    look("see monitoring", f"admin:chat_measure_{span}_table", ADMIN)
moderate(
    "delete a message", "message", "delete_messages", lambda w: w.message(CLOSED, "other"), confirmed="yes"
)
moderate("deactivate a member", "person", "deactivate", lambda w: w.person("other"))
moderate("reactivate a member", "person", "reactivate", lambda w: w.person("deactivated"))
for lasting in ("an_hour", "a_day", "a_week"):
    moderate("silence a member", "person", f"silence_for_{lasting}", lambda w: w.person("other"))
moderate("unsilence a member", "person", "unsilence", lambda w: w.person("silenced"))
moderate(
    "deactivate a workspace moderator", "person", "deactivate", lambda w: w.person("workspace moderator")
)
moderate("deactivate a workspace owner", "person", "deactivate", lambda w: w.person("workspace owner"))
moderate("silence a workspace owner", "person", "silence_for_a_day", lambda w: w.person("workspace owner"))
for role in ("owner", "moderator"):
    moderate("change workspace roles", "person", f"make_{role}", lambda w: w.person("other"))
moderate("change workspace roles", "person", "make_member", lambda w: w.person("workspace moderator"))
moderate("archive, unarchive and close a room", "room", "archive", lambda w: w.room(OPEN))
moderate("archive, unarchive and close a room", "room", "restore", lambda w: w.room(ARCHIVED))
moderate("archive, unarchive and close a room", "room", "close", lambda w: w.room(OPEN))
moderate("assign an owner to a room without one", "member", "hand_over", an_heir)
moderate("assign an owner to a room that has one", "member", "hand_over", lambda w: w.member(OPEN, "other"))
moderate("unban a person", "ban", "lift", lambda w: Ban.objects.get(room=w.room(CLOSED)))
moderate("revoke an invitation", "invitation", "revoke", lambda w: w.links[CLOSED])
moderate("decide a report", "report", "dismiss", lambda w: w.waiting)
act(
    "decide a report",
    "admin:chat_report_decide",
    ADMIN,
    where=lambda by, _: by.world.waiting.pk,
    decision="deleted",
)
look("decide a report", "admin:chat_report_change", ADMIN, where=lambda by, _: by.world.waiting.pk)
act("undo a decision", "admin:chat_report_undo", ADMIN, where=lambda by, _: by.world.decided.pk)
