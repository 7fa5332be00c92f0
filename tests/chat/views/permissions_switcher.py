"""Who may find rooms and people, and order their own room list."""

from tests.policies.routes import ALL, PLACE, act, look

look("see rooms and people", "chat:switch", PLACE, query="?q=other", ways=(True,))
look("see rooms and people", "chat:favourites", PLACE)
act("mute it and add it to favourites", "chat:mute", *ALL, muted="1")
act("mute it and add it to favourites", "chat:favourite", *ALL, favourite="1")
