"""The page of a room's invitations."""

PAGES = {
    "invite": ("ROOMinvitations/", "alice"),
}
