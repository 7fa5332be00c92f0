"""The pages of rooms."""

PAGES = {
    "rooms": ("/rooms/", "alice"),
    "room": ("ROOM", "alice"),
    "browse": ("/rooms/browse/", "alice"),
    "archived": ("ARCHIVED", "alice"),
    "new-room": ("/rooms/new/", "alice"),
    "edit-room": ("ROOMedit/", "alice"),
}
