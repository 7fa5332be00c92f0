"""Who may block whom."""

from tests.policies.routes import PLACE, act, look, other_person

look("see their blocked people", "chat:blocked", PLACE)
act("block a person", "chat:block", PLACE, where=other_person)
act("unblock a person", "chat:unblock", PLACE, where=lambda by, _: by.world.person("silenced").pk)
