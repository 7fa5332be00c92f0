"""Who may invite, and see, revoke and answer invitations."""

from tests.policies.routes import ADMIN, CLOSED, ROOMS, WORKSPACE, act, its_token, look, moderate, the_link
from tests.policies.world import Trier


def own_invitation(by: Trier, _at: str) -> str:
    return by.world.personal.get(by.name, by.world.personal["removed"]).token


def others_invitation(by: Trier, _at: str) -> str:
    return by.world.personal["removed"].token


act("join by an invitation link", "chat:invitation", *ROOMS, where=its_token)
look("invite people", "chat:invitations", *ROOMS)
act("invite people", "chat:invitations", *ROOMS, by="link", days="7", most_uses="5")
look("see an invitation link", "chat:show_invitation", *ROOMS, where=the_link)
look("revoke an invitation", "chat:revoke_invitation", *ROOMS, where=the_link)
act("revoke an invitation", "chat:revoke_invitation", *ROOMS, where=the_link)

look("invite people to the workspace", "chat:workspace_invitations", WORKSPACE)
act(
    "invite people to the workspace",
    "chat:workspace_invitations",
    WORKSPACE,
    by="link",
    days="7",
    most_uses="5",
)
look("decline their own invitation", "chat:decline_invitation", WORKSPACE, where=own_invitation)
look("decline someone else's invitation", "chat:decline_invitation", WORKSPACE, where=others_invitation)
act("decline their own invitation", "chat:decline_invitation", WORKSPACE, where=own_invitation)
act("decline someone else's invitation", "chat:decline_invitation", WORKSPACE, where=others_invitation)
act("accept their own invitation", "chat:invitation", WORKSPACE, where=own_invitation)
act("accept someone else's invitation", "chat:invitation", WORKSPACE, where=others_invitation)

look("see rooms, people, reports and the audit log", "admin:chat_invitation_changelist", ADMIN)
moderate("revoke an invitation", "invitation", "revoke", lambda w: w.links[CLOSED], confirmed="yes")
