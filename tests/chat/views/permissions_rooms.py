"""Who may see a room and its history, create one, and change its settings."""

from tests.policies.routes import ALL, ARCHIVED, OPEN, ROOMS, WORKSPACE, act, look, moderate, others

look("find it and see its details", "chat:room", *ALL)
look("read messages", "chat:messages", *ALL, query="?before=99")
look("read messages", "chat:changes", *ALL, query="?after=0")
look("follow a link to a message", "chat:message", *ALL, where=others)
look("read messages", "chat:message_source", *ALL, where=others)
look("see rooms and people", "chat:rooms", WORKSPACE)
look("see rooms and people", "chat:beat", WORKSPACE)
look("see rooms and people", "chat:browse", WORKSPACE)
act("create a room", "chat:create", WORKSPACE, name="brand-new", topic="", kind="open")
act("change name and topic", "chat:edit_room", *ROOMS, name="renamed", topic="About something else")
act(
    "set who can post and slow mode",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    slow_seconds="30",
    writers="keepers",
)
act("make it private", "chat:close", OPEN)
act("archive it", "chat:archive", *ROOMS)
act("unarchive it", "chat:restore", ARCHIVED)

moderate("archive, unarchive and make private a room", "room", "archive", lambda w: w.room(OPEN))
moderate("archive, unarchive and make private a room", "room", "restore", lambda w: w.room(ARCHIVED))
moderate(
    "archive, unarchive and make private a room", "room", "close", lambda w: w.room(OPEN), confirmed="yes"
)
