"""The page of blocked people."""

PAGES = {
    "blocked": ("/people/blocked/", "alice"),
}
