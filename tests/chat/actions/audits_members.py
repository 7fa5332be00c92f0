"""The page of a room's members."""

PAGES = {
    "members": ("ROOMmembers/", "alice"),
}
