"""The page of one's own profile."""

PAGES = {
    "profile": ("/profile/", "alice"),
}
