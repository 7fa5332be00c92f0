"""Who may see what in the administration, and who may manage the workspace."""

from chat.models import Member
from tests.policies.routes import ADMIN, CLOSED, OPEN, look, moderate
from tests.policies.world import World


def an_heir(world: World) -> Member:
    """In a room whose only owner has left since."""
    return world.member("Without an owner", "other")


for model in ("room", "person", "member", "auditentry"):
    look("see rooms, people, reports and the audit log", f"admin:chat_{model}_changelist", ADMIN)
look("see messages", "admin:chat_message_changelist", ADMIN)
look("see accounts and sign-up", "admin:accounts_user_changelist", ADMIN)
look("see accounts and sign-up", "admin:accounts_workspace_changelist", ADMIN)
moderate(
    "delete a message", "message", "delete_messages", lambda w: w.message(CLOSED, "other"), confirmed="yes"
)
moderate("deactivate a member", "person", "deactivate", lambda w: w.person("other"))
moderate("reactivate a member", "person", "reactivate", lambda w: w.person("deactivated"))
moderate(
    "deactivate a workspace moderator", "person", "deactivate", lambda w: w.person("workspace moderator")
)
moderate("deactivate a workspace owner", "person", "deactivate", lambda w: w.person("workspace owner"))
for role in ("owner", "moderator"):
    moderate("change workspace roles", "person", f"make_{role}", lambda w: w.person("other"), confirmed="yes")
moderate("change workspace roles", "person", "make_member", lambda w: w.person("workspace moderator"))
moderate("assign an owner to a room without one", "member", "hand_over", an_heir)
moderate("assign an owner to a room that has one", "member", "hand_over", lambda w: w.member(OPEN, "other"))
