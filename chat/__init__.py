"""Rooms, members and messages, live on every screen: an app for a Django project.

The life of a message
---------------------
1. The sender's browser creates the message's id (a UUID, version 7), shows the bubble at once and sends id and text
   over its socket (over HTTP without one).
2. ``live.post_batcher`` (or ``views.messages``) passes it to ``actions.post_messages``, in one batch with all that
   arrived meanwhile.
3. The action renders the Markdown, then locks the room's row. Under that lock it checks the membership, looks the id
   up, takes the room's next ``version`` and ``seq`` and writes the row. The lock is held to the commit, so the order
   of versions is the order of commits.
4. After the commit ``events.publishing`` renders the message once, for everybody, and sends one frame to the channel
   layer.
5. The ``live.hub`` of each process (one subscription each, however many sockets) writes that frame to the sockets
   that show the room, and a short nudge to the sockets of its other members.
6. The page applies the frame by id and version. If a version is missing, it asks ``views.messages.changes`` for all it
   has not received. So a frame is only a hint, and the database is the truth.

``docs/delivery.md`` holds the promise and the rules, ``docs/architecture.md`` the map.
"""
