"""Who may join, leave, add, remove, and change roles."""

from tests.policies.routes import ALL, ARCHIVED, ROOMS, a_moderator, act, look, other_member

look("see its members", "chat:members", *ALL)
act("join", "chat:join", *ROOMS)
act("join", "chat:join", ARCHIVED)
act("leave", "chat:leave", *ALL)
act("add a person", "chat:add_member", *ROOMS, username="stranger-1")
look("add a person", "chat:find_to_add", *ROOMS, query="?username=str", ways=(True,))
act("remove a member", "chat:remove_member", *ROOMS, where=other_member)
act("remove a moderator", "chat:remove_member", *ROOMS, where=a_moderator)
look("change roles", "chat:set_role", *ROOMS, where=other_member)
act("change roles", "chat:set_role", *ROOMS, where=other_member, role="moderator")
