"""Who may write to whom, and hide a conversation."""

from tests.policies.routes import ALL, WORKSPACE, act, look, other_person

look("see rooms and people", "chat:people", WORKSPACE)
act("start a direct conversation", "chat:people", WORKSPACE, only=other_person)
act("hide it until the next message", "chat:hide", *ALL)
