"""The name and the picture of the workspace. The project knows them; pages, mails and the app's manifest show them."""

from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

PRODUCT = "hypertalk"


class Branding(NamedTuple):
    """``picture`` is the address of a square picture that anybody may load. Both are empty if the workspace has none."""

    name: str = ""
    picture: str = ""

    @property
    def title(self) -> str:
        """For titles of pages, and the name of the app."""
        return self.name or PRODUCT


def branding() -> Branding:
    """What the function ``CHAT_BRANDING`` says; every page calls it. Without one the chat goes by its own name."""
    path = getattr(settings, "CHAT_BRANDING", "")
    found: Branding = import_string(path)() if path else Branding()
    return found
