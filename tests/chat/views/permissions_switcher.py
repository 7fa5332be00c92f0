"""Who may find rooms and people, and order their own room list."""

from tests.policies.routes import ALL, WORKSPACE, act, look

look("see rooms and people", "chat:switch", WORKSPACE, query="?q=other", ways=(True,))
look("see rooms and people", "chat:favourites", WORKSPACE)
act("order their list of rooms", "chat:order_rooms", WORKSPACE, order="activity")
act("mute it and add it to favourites", "chat:mute", *ALL, muted="1")
act("mute it and add it to favourites", "chat:favourite", *ALL, favourite="1")
