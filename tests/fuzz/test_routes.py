"""Every address with random requests: by a guest, a removed person, a member and the workspace's owner."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from hypothesis import given, note

from tests.fuzz.addresses import addresses
from tests.fuzz.budget import looks
from tests.fuzz.inspecting import Inspector
from tests.fuzz.requests import FuzzedRequest, requests
from tests.fuzz.scene import PEOPLE, known

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", addresses())
def test_no_request_breaks_or_opens_anything(route: str, inspector: Inspector) -> None:
    @looks(2, route)
    @given(requests(route, inspector.scene.ids, known(inspector.scene)))
    def ask(asked: Any) -> None:
        for name in PEOPLE:
            wrong = inspector.ask(asked, name)
            note(f"{asked.method} {asked.path[:200]!r} by {name}")
            assert not wrong, wrong

    ask()


FORGED = {
    "no token": (),
    "another site's": ((b"origin", b"https://evil.example"),),
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
def test_no_form_of_another_site_changes_anything(headers: Any, inspector: Inspector) -> None:
    """At every address, with all fields that its form could have, and the cookies that a browser would send."""
    fields = {
        "body": "Forged",
        "id": str(uuid4()),
        "name": "forged",
        "kind": "open",
        "by": "link",
        "days": "7",
        "seq": "9",
        "muted": "1",
        "favourite": "1",
        "role": "member",
        "display_name": "Forged",
        "username": "forged",
        "said": "stays",
        "password": "talk-to-me",
        "oldpassword": "talk-to-me",
        "password1": "marmalade-7731",
        "password2": "marmalade-7731",
        "email": "forged@example.com",
        "login": "member-1@example.com",
        "reason": "Forged",
        "action": "deactivate",
        "_selected_action": "1",
        "decision": "deleted",
    }
    form = (b"content-type", b"application/x-www-form-urlencoded")
    token = headers or ((b"x-csrftoken", b""),)
    for route in addresses():
        path = re.sub(r"<(\w+)>", lambda found: inspector.scene.ids.get(found[1], ["1"])[0], f"/{route}")
        theirs = FuzzedRequest("POST", path, b"", (form, *token), urlencode(fields).encode())
        wrong = inspector.ask(theirs, "workspace owner", may_write=False)  # who may open most addresses
        assert not wrong, (path, wrong)
    ours = FuzzedRequest("POST", "/rooms/new/", b"", (form,), urlencode(fields).encode())
    assert inspector.ask(ours, "workspace owner", may_write=False), "a form of ours would have been noticed"
