"""Who may post, edit, delete and read: also in archived rooms, and where only owners and moderators post."""

from uuid import uuid4

from tests.policies.routes import ALL, ARCHIVED, QUIET, act, look, others, own

act("post messages", "chat:messages", *ALL, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", *ALL, where=own, body="Another text")
act("edit someone else's message", "chat:edit_message", *ALL, where=others, body="Another text")
act("delete their own message", "chat:delete_message", *ALL, where=own)
look("delete their own message", "chat:delete_message", *ALL, where=own)
look("delete their own message", "chat:message_acts", *ALL, where=own)
act("delete someone else's message", "chat:delete_message", *ALL, where=others)
act("mark it as read", "chat:read", *ALL, seq="99")

act("post messages", "chat:messages", ARCHIVED, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", ARCHIVED, where=own, body="Another text")
act("delete their own message", "chat:delete_message", ARCHIVED, where=own)
look("read messages", "chat:messages", ARCHIVED, query="?before=99")

act("post messages", "chat:messages", QUIET, id=lambda *_: str(uuid4()), body="Something new")
act("edit their own message", "chat:edit_message", QUIET, where=own, body="Another text")
look("read messages", "chat:messages", QUIET, query="?before=99")
