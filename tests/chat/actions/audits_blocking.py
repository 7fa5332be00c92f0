"""The page of whom one blocked."""

PAGES = {
    "blocked": ("/people/blocked/", "alice"),
}
