"""Who may ban and silence, in one room and in all rooms."""

from chat.models import Ban
from tests.policies.routes import (
    ADMIN,
    CLOSED,
    ROOMS,
    a_ban,
    a_moderator,
    act,
    look,
    moderate,
    other_member,
    silenced_member,
)

act("ban a member", "chat:ban_member", *ROOMS, where=other_member, reason="Loud", wipe="yes")
look("ban a member", "chat:ban_member", *ROOMS, where=other_member)
act("ban a moderator", "chat:ban_member", *ROOMS, where=a_moderator)
act("unban a person", "chat:lift_ban", *ROOMS, where=a_ban)
act("silence a member", "chat:silence_member", *ROOMS, where=other_member, lasting="day")
look("silence a member", "chat:silence_member", *ROOMS, where=other_member)
act("silence a moderator", "chat:silence_member", *ROOMS, where=a_moderator, lasting="day")
act("unsilence a member", "chat:unsilence_member", *ROOMS, where=silenced_member)

look("see rooms, people, reports and the audit log", "admin:chat_ban_changelist", ADMIN)
moderate("unban a person", "ban", "lift", lambda w: Ban.objects.get(room=w.room(CLOSED)))
for lasting in ("an_hour", "a_day", "a_week"):
    moderate("silence a member", "person", f"silence_for_{lasting}", lambda w: w.person("other"))
moderate("unsilence a member", "person", "unsilence", lambda w: w.person("silenced"))
moderate("silence a workspace owner", "person", "silence_for_a_day", lambda w: w.person("workspace owner"))
