"""The page of one's favourites."""

PAGES = {
    "favourites": ("/rooms/favourites/", "alice"),
}
