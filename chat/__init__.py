"""Rooms, members and messages that are live on every screen: an app for a Django project.

The life of a message
---------------------
1. The sender's browser makes the message's id (a UUID, version 7), shows the bubble at once and sends id and text
   over its socket (over HTTP without one).
2. ``live.gathering`` (or ``views.messages``) hands it to ``actions.post_messages``, with all that came meanwhile.
3. The action renders the Markdown, then locks the room's row, and under that lock checks the membership, looks the id
   up, takes the room's next ``version`` and ``seq`` and writes the row. The lock is held to commit, so the order of
   versions is the order of commits.
4. After the commit ``live.publishing`` renders the message once, for everybody, and hands one frame to the channel layer.
5. The ``live.hub`` of each process (one subscription each, however many sockets) writes that frame to the sockets
   that show the room and a short nudge to the others who are in it.
6. The page applies the frame by id and version. If a version is missing it asks ``views.changes`` for all it has not
   got; so a frame is only ever a hint, and the database is the truth.

``docs/delivery.md`` holds the promise and the rules, ``docs/architecture.md`` the map.
"""
