"""The page of the person's favourites."""

PAGES = {
    "favourites": ("/rooms/favourites/", "alice"),
}
