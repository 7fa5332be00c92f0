"""Who may see profiles and pictures, and change their own."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.policies.routes import WORKSPACE, act, look, other_person
from tests.policies.world import PICTURE, Trier


def a_picture(by: Trier, _at: str) -> list[Any]:
    return [by.world.person("owner").pk, by.world.picture]


def a_file(_by: Trier, _at: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", PICTURE, "image/png")


look("see rooms and people", "chat:me", WORKSPACE)
look("see rooms and people", "chat:person", WORKSPACE, where=other_person)
look("see rooms and people", "chat:picture", WORKSPACE, where=a_picture)
look("edit their profile", "chat:profile", WORKSPACE)
act(
    "edit their profile",
    "chat:profile",
    WORKSPACE,
    display_name="Somebody Else",
    username="somebody-else",
    theme="dark",
)
act("edit their profile", "chat:set_picture", WORKSPACE, picture=a_file)
