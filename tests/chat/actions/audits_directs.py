"""The pages of conversations."""

PAGES = {
    "people": ("/people/", "alice"),
    "direct": ("DIRECT", "alice"),
}
