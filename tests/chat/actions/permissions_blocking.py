"""Who may block whom."""

from tests.policies.routes import WORKSPACE, act, look, other_person

look("see their blocked people", "chat:blocked", WORKSPACE)
act("block a person", "chat:block", WORKSPACE, where=other_person)
act("unblock a person", "chat:unblock", WORKSPACE, where=lambda by, _: by.world.person("silenced").pk)
