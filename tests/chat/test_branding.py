"""The chat in a project that has a name, and in one that says none."""

import pytest
from django.test import Client

from chat.branding import Branding
from chat.models import Person
from tests.conftest import client_of


def of_a_project() -> Branding:
    return Branding("Intranet", "/static/logo.png")


@pytest.mark.parametrize("told", [True, False])
def test_the_project_says_the_name_or_nobody_does(alice: Person, settings, told: bool) -> None:
    if told:
        settings.CHAT_BRANDING = f"{__name__}.of_a_project"
    else:
        del settings.CHAT_BRANDING
    page, manifest = client_of(alice).get("/profile/").text, Client().get("/manifest.webmanifest").json()
    assert f"<title>Profile · {'Intranet' if told else 'hypertalk'}</title>" in page
    assert ('src="/static/logo.png"' in page) == told
    assert manifest["name"] == ("Intranet" if told else "hypertalk")
    assert ([icon["src"] for icon in manifest["icons"]] == ["/static/logo.png"]) == told
