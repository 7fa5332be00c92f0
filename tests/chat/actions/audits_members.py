"""The page of a room's people."""

PAGES = {
    "members": ("ROOMmembers/", "alice"),
}
