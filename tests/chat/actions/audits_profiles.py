"""The page of the person's own profile."""

PAGES = {
    "profile": ("/profile/", "alice"),
}
