"""Every deed of the table, and its doors."""

from uuid import uuid4

from tests.policies.doors import (
    ADMIN,
    ARCHIVED,
    CLOSED,
    DIRECT,
    OPEN,
    PLACE,
    a_moderator,
    act,
    look,
    moderate,
    other_member,
    others,
    own,
)

ROOMS = (CLOSED, OPEN)
ALL = (*ROOMS, DIRECT)

# Seeing

look("find it and see what it is", "chat:room", *ALL)
look("read what is said", "chat:messages", *ALL, query="?before=99")
look("read what is said", "chat:changes", *ALL, query="?after=0")
look("see who is in it", "chat:members", *ALL)

# Talking

act("write", "chat:messages", *ALL, id=lambda *_: str(uuid4()), body="Something new")
act("edit one's own message", "chat:edit_message", *ALL, where=own, body="Another text")
look("edit one's own message", "chat:edit_message", *ALL, where=own)
act("edit somebody else's message", "chat:edit_message", *ALL, where=others, body="Another text")
act("delete one's own message", "chat:delete_message", *ALL, where=own)
look("delete one's own message", "chat:delete_message", *ALL, where=own)
act("delete somebody else's message", "chat:delete_message", *ALL, where=others)
act("mark it as read", "chat:read", *ALL, seq="99")

# Coming and going

act("join", "chat:join", *ROOMS)
act("leave", "chat:leave", *ALL)
act("hide it until the next message", "chat:hide", *ALL)
act("add somebody", "chat:add_member", *ROOMS, username="stranger")
act("remove a member", "chat:remove_member", *ROOMS, where=other_member)
act("remove a moderator", "chat:remove_member", *ROOMS, where=a_moderator)
act("say who is owner and moderator", "chat:set_role", *ROOMS, where=other_member, role="moderator")

# What it is

act("change name and topic", "chat:edit_room", *ROOMS, name="renamed", topic="About something else")
act("close it", "chat:close", OPEN)
act("archive it", "chat:archive", *ROOMS)

# What is archived

act("write", "chat:messages", ARCHIVED, id=lambda *_: str(uuid4()), body="Something new")
act("edit one's own message", "chat:edit_message", ARCHIVED, where=own, body="Another text")
act("delete one's own message", "chat:delete_message", ARCHIVED, where=own)
look("read what is said", "chat:messages", ARCHIVED, query="?before=99")
act("bring it back", "chat:restore", ARCHIVED)
act("join", "chat:join", ARCHIVED)

# The whole place

look("see the rooms and people", "chat:rooms", PLACE)
look("see the rooms and people", "chat:browse", PLACE)
look("see the rooms and people", "chat:people", PLACE)
act("make a room", "chat:create", PLACE, name="brand-new", topic="", kind="open")
act(
    "write to somebody",
    "chat:people",
    PLACE,
    only=lambda by, _: by.world.person("deactivated" if by.name == "other" else "other").pk,
)
look("change one's profile", "chat:profile", PLACE)
act("change one's profile", "chat:profile", PLACE, display_name="Somebody Else")

# The administration

look("look at rooms and people", "admin:chat_room_changelist", ADMIN)
look("look at rooms and people", "admin:chat_person_changelist", ADMIN)
look("look at rooms and people", "admin:chat_member_changelist", ADMIN)
look("look at messages", "admin:chat_message_changelist", ADMIN)
moderate(
    "delete a message",
    "message",
    "delete_messages",
    lambda by: by.world.message(CLOSED, "other"),
    confirmed="yes",
)
moderate("deactivate a member", "person", "deactivate", lambda by: by.world.person("other"))
moderate("reactivate a member", "person", "reactivate", lambda by: by.world.person("deactivated"))
moderate(
    "deactivate an owner of the place", "person", "deactivate", lambda by: by.world.person("place owner")
)
