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

look("find it and see what it is", "chat:room", *ALL)
look("read what is said", "chat:messages", *ALL, query="?before=99")
look("read what is said", "chat:changes", *ALL, query="?after=0")
look("follow a link to a message", "chat:message", *ALL, where=others)
look("see who is in it", "chat:members", *ALL)

# Talking

act("write", "chat:messages", *ALL, id=lambda *_: str(uuid4()), body="Something new")
act("edit one's own message", "chat:edit_message", *ALL, where=own, body="Another text")
act("edit somebody else's message", "chat:edit_message", *ALL, where=others, body="Another text")
act("delete one's own message", "chat:delete_message", *ALL, where=own)
look("delete one's own message", "chat:delete_message", *ALL, where=own)
look("delete one's own message", "chat:message_acts", *ALL, where=own)
act("report somebody else's message", "chat:report_message", *ALL, where=others, kind="spam", words="")
look("report somebody else's message", "chat:report_message", *ALL, where=others)
act("report one's own message", "chat:report_message", *ALL, where=own, kind="spam", words="")
act("delete somebody else's message", "chat:delete_message", *ALL, where=others)
act("mark it as read", "chat:read", *ALL, seq="99")

act("keep what one has half-typed", "chat:draft", *ALL, body="Half a sen", age="0", based_on="")
look("keep what one has half-typed", "chat:draft", *ALL)

# Coming and going

act("join", "chat:join", *ROOMS)
act("come in by a link", "chat:invitation", *ROOMS, where=its_token)
act("mute it, and make it a favourite", "chat:mute", *ALL, muted="1")
act("mute it, and make it a favourite", "chat:favourite", *ALL, favourite="1")
act("leave", "chat:leave", *ALL)
act("hide it until the next message", "chat:hide", *ALL)
act("add somebody", "chat:add_member", *ROOMS, username="stranger-1")
act("remove a member", "chat:remove_member", *ROOMS, where=other_member)
act("remove a moderator", "chat:remove_member", *ROOMS, where=a_moderator)
act("ban a member", "chat:ban_member", *ROOMS, where=other_member, reason="Loud", wipe="yes")
look("ban a member", "chat:ban_member", *ROOMS, where=other_member)
act("ban a moderator", "chat:ban_member", *ROOMS, where=a_moderator)
act("lift a ban", "chat:lift_ban", *ROOMS, where=a_ban)
act("silence a member", "chat:silence_member", *ROOMS, where=other_member, lasting="day")
look("silence a member", "chat:silence_member", *ROOMS, where=other_member)
act("silence a moderator", "chat:silence_member", *ROOMS, where=a_moderator, lasting="day")
act("let a member write again", "chat:unsilence_member", *ROOMS, where=silenced_member)
look("invite people", "chat:invitations", *ROOMS)
act("invite people", "chat:invitations", *ROOMS, by="link", days="7", most_uses="5")
look("look at the link of an invitation", "chat:show_invitation", *ROOMS, where=the_link)
act("take an invitation back", "chat:revoke_invitation", *ROOMS, where=the_link)
act("say who is owner and moderator", "chat:set_role", *ROOMS, where=other_member, role="moderator")

# What it is

act("change name and topic", "chat:edit_room", *ROOMS, name="renamed", topic="About something else")
act(
    "say who writes, and how fast",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    slow_seconds="30",
    writers="keepers",
)
act(
    "say how long messages are kept",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    keep_days="30",
    sure="1",
)
act("close it", "chat:close", OPEN)
act("archive it", "chat:archive", *ROOMS)

# What is archived

act("write", "chat:messages", ARCHIVED, id=lambda *_: str(uuid4()), body="Something new")
act("edit one's own message", "chat:edit_message", ARCHIVED, where=own, body="Another text")
act("delete one's own message", "chat:delete_message", ARCHIVED, where=own)
look("read what is said", "chat:messages", ARCHIVED, query="?before=99")
act("bring it back", "chat:restore", ARCHIVED)
act("join", "chat:join", ARCHIVED)

# Where only keepers write

act("write", "chat:messages", QUIET, id=lambda *_: str(uuid4()), body="Something new")
act("edit one's own message", "chat:edit_message", QUIET, where=own, body="Another text")
look("read what is said", "chat:messages", QUIET, query="?before=99")

# The whole place

look("see the rooms and people", "chat:rooms", PLACE)
look("see the rooms and people", "chat:beat", PLACE)
look("see the rooms and people", "chat:me", PLACE)
look("see the rooms and people", "chat:browse", PLACE)
look("see the rooms and people", "chat:people", PLACE)
look("see the rooms and people", "chat:switch", PLACE, query="?q=other", ways=(True,))
look("see the rooms and people", "chat:favourites", PLACE)
look("see the rooms and people", "chat:person", PLACE, where=other_person)
look("see the rooms and people", "chat:picture", PLACE, where=a_picture)
act("make a room", "chat:create", PLACE, name="brand-new", topic="", kind="open")
act("write to somebody", "chat:people", PLACE, only=other_person)
look("see whom one blocked", "chat:blocked", PLACE)
act("block somebody", "chat:block", PLACE, where=other_person)
act("unblock somebody", "chat:unblock", PLACE, where=lambda by, _: by.world.person("silenced").pk)
look("change one's profile", "chat:profile", PLACE)
act(
    "change one's profile",
    "chat:profile",
    PLACE,
    display_name="Somebody Else",
    username="somebody-else",
    theme="dark",
)
act("change one's profile", "chat:set_picture", PLACE, picture=a_file)
send("take one's own data along", "chat:export", PLACE)
look("invite into the place", "chat:workspace_invitations", PLACE)
act("invite into the place", "chat:workspace_invitations", PLACE, by="link", days="7", most_uses="5")
act("decline an invitation to oneself", "chat:decline_invitation", PLACE, where=own_invitation)
act("decline somebody else's invitation", "chat:decline_invitation", PLACE, where=others_invitation)
act("accept an invitation to oneself", "chat:invitation", PLACE, where=own_invitation)
act("accept somebody else's invitation", "chat:invitation", PLACE, where=others_invitation)

# The administration

for model in ("room", "person", "member", "ban", "invitation", "auditentry", "report"):
    look("look at rooms, people, reports and the log", f"admin:chat_{model}_changelist", ADMIN)
look("look at rooms, people, reports and the log", "admin:chat_report_counts", ADMIN)
look("look at messages", "admin:chat_message_changelist", ADMIN)
look("look at accounts, and how people come in", "admin:accounts_user_changelist", ADMIN)
look("look at accounts, and how people come in", "admin:accounts_installation_changelist", ADMIN)
look("look at the monitoring", "admin:chat_measure_changelist", ADMIN)
for span in ("hour", "month"):
    look("look at the monitoring", f"admin:chat_measure_{span}", ADMIN)
    look("look at the monitoring", f"admin:chat_measure_{span}_table", ADMIN)
moderate(
    "delete a message", "message", "delete_messages", lambda w: w.message(CLOSED, "other"), confirmed="yes"
)
moderate("deactivate a member", "person", "deactivate", lambda w: w.person("other"))
moderate("reactivate a member", "person", "reactivate", lambda w: w.person("deactivated"))
for lasting in ("an_hour", "a_day", "a_week"):
    moderate("silence a member", "person", f"silence_for_{lasting}", lambda w: w.person("other"))
moderate("let a member write again", "person", "unsilence", lambda w: w.person("silenced"))
moderate("deactivate a moderator of the place", "person", "deactivate", lambda w: w.person("place moderator"))
moderate("deactivate an owner of the place", "person", "deactivate", lambda w: w.person("place owner"))
moderate("silence an owner of the place", "person", "silence_for_a_day", lambda w: w.person("place owner"))
for role in ("owner", "moderator"):
    moderate("say who keeps the place", "person", f"make_{role}", lambda w: w.person("other"))
moderate("say who keeps the place", "person", "make_member", lambda w: w.person("place moderator"))
moderate("archive, bring back and close a room", "room", "archive", lambda w: w.room(OPEN))
moderate("archive, bring back and close a room", "room", "restore", lambda w: w.room(ARCHIVED))
moderate("archive, bring back and close a room", "room", "close", lambda w: w.room(OPEN))
moderate("hand over a room without an owner", "member", "hand_over", an_heir)
moderate("hand over a room that has an owner", "member", "hand_over", lambda w: w.member(OPEN, "other"))
moderate("lift a ban", "ban", "lift", lambda w: Ban.objects.get(room=w.room(CLOSED)))
moderate("take an invitation back", "invitation", "revoke", lambda w: w.links[CLOSED])
moderate("decide a report", "report", "dismiss", lambda w: w.waiting)
act(
    "decide a report",
    "admin:chat_report_decide",
    ADMIN,
    where=lambda by, _: by.world.waiting.pk,
    decision="deleted",
)
look("decide a report", "admin:chat_report_change", ADMIN, where=lambda by, _: by.world.waiting.pk)
act("take a decision back", "admin:chat_report_undo", ADMIN, where=lambda by, _: by.world.decided.pk)
