"""Each field of each form and each part of each address in turn, with all others valid: never a server error. Random
requests of ``test_routes.py`` seldom get past the first invalid field.
"""

import re
from urllib.parse import quote, unquote, urlencode
from uuid import uuid4

import pytest

from tests.fuzz.budget import FACTOR
from tests.fuzz.inspecting import Inspector
from tests.fuzz.requests import FuzzedRequest
from tests.policies.routes import CLOSED

pytestmark = pytest.mark.django_db
# Values on which databases fail: in every field. Each field also gets one of the others; with ``make fuzz`` all.
WORST = {
    "nul": "a\x00b",
    "lone surrogate": "\ud800",
    "large number": "9" * 40,
}
ODD = {
    "direction": "\u202eevil",
    "long": "x" * 20_000,
    "negative": "-1",
    "float": "1e3",
    "no number": "NaN",
    "thai digit": "๓",
    "line feeds": "\n\n",
    "tag": "<b>",
    "quote": "'; --",
    "invisible": "\u200b",
    "escape": "\x1b[31m",
}
ASKED = [
    "/rooms/{room}/messages/?before={odd}",
    "/rooms/{room}/messages/?after={odd}",
    "/rooms/{room}/messages/?around={odd}",
    "/rooms/{room}/changes/?after={odd}",
    "/rooms/{odd}/",
    "/rooms/{odd}/mute/",
    "/switch/?q={odd}",
    "/people/?q={odd}",
    "/rooms/browse/?q={odd}&page={odd}",
    "/people/{odd}/",
    "/people/{odd}/picture/{odd}.webp",
    "/rooms/{room}/invitations/?q={odd}",
    "/invitations/{odd}/",
    "/admin/chat/invitation/?q={odd}",
    "/messages/{odd}/edit/",
    "/messages/{odd}/report/",
    "/rooms/{room}/members/{odd}/ban/",
    "/people/{odd}/block/",
    "/admin/chat/report/?decided={odd}",
    "/admin/chat/report/{odd}/change/",
    "/admin/chat/auditentry/?q={odd}",
    "/accounts/login/?next={odd}",
    "/admin/chat/message/?q={odd}",
    "/admin/chat/room/?p={odd}",
    "/admin/chat/person/{odd}/change/",
    "/admin/accounts/user/?q={odd}",
    "/admin/chat/message/?room__kind={odd}",
    "/admin/chat/message/?created_at__year={odd}",
    "/admin/chat/member/?id__in={odd}",
    "/admin/chat/member/?role__exact={odd}",
    "/admin/chat/auditentry/?act__exact={odd}",
    "/admin/chat/report/{odd}/undo/",
    "/accounts/confirm-email/{odd}/",
    "/accounts/password/reset/key/{odd}-{odd}/",
]
POSTED = [
    ("/rooms/{room}/messages/", {"id": "{id}", "body": "Words"}),
    ("/rooms/{room}/read/", {"seq": "1"}),
    ("/rooms/{room}/edit/", {"name": "name", "topic": "Topic"}),
    ("/rooms/{room}/members/", {"username": "bob"}),
    ("/rooms/{room}/members/1/role/", {"role": "member"}),
    ("/rooms/{room}/mute/", {"muted": "1"}),
    ("/rooms/{room}/favourite/", {"favourite": "1"}),
    ("/rooms/favourites/", {"order": "{room}", "up": "{room}"}),
    ("/rooms/order/", {"order": "activity"}),
    ("/people/", {"only": "1"}),
    ("/rooms/{room}/invitations/", {"by": "link", "days": "7", "most_uses": "5"}),
    ("/rooms/{room}/invitations/", {"by": "email", "addresses": "new@example.com"}),
    ("/rooms/{room}/invitations/", {"by": "person", "person": "1"}),
    ("/invitations/{token}/decline/", {"more": "1"}),
    ("/rooms/{room}/edit/", {"name": "name", "slow_seconds": "30", "writers": "keepers"}),
    ("/rooms/{room}/members/{bob}/remove/", {"reason": "Loud"}),
    ("/rooms/{room}/members/{bob}/silence/", {"lasting": "day", "reason": "Loud"}),
    ("/rooms/{room}/members/{bob}/ban/", {"reason": "Loud", "wipe": "yes"}),
    ("/messages/{of_bob}/report/", {"kind": "spam", "words": "Loud"}),
    ("/admin/chat/report/{report}/decide/", {"decision": "dismissed", "note": "Loud"}),
    ("/admin/chat/person/", {"action": "deactivate", "_selected_action": "1", "reason": "Loud"}),
    ("/people/{person}/unblock/", {"more": "1"}),
    ("/accounts/security/sessions/", {"session": "others"}),
    ("/rooms/new/", {"name": "other", "topic": "Topic", "kind": "open"}),
    ("/messages/{message}/edit/", {"body": "Words"}),
    (
        "/profile/",
        {
            "display_name": "Name",
            "username": "name",
            "pronouns": "she",
            "about": "Words",
            "time_zone": "UTC",
            "language": "en",
            "theme": "dark",
        },
    ),
    ("/profile/picture/", {"picture": "no file"}),
    ("/accounts/delete/", {"password": "secret", "said": "stays"}),
    ("/accounts/login/", {"login": "alice@example.com", "password": "secret"}),
    ("/accounts/signup/", {"email": "new@example.com", "display_name": "New", "password1": "secret"}),
    ("/accounts/password/change/", {"oldpassword": "a", "password1": "b", "password2": "b"}),
    ("/accounts/password/reset/", {"email": "alice@example.com"}),
]


def odd_ones(number: int) -> list[str]:
    others = list(ODD.values())
    return [*WORST.values(), *(others if FACTOR else [others[number % len(others)]])]


def who(path: str) -> str:
    return "workspace owner" if path.startswith("/admin/") else "owner"


def known(inspector: Inspector) -> dict[str, object]:
    world = inspector.scene.world
    return {
        "room": world.room(CLOSED).pk,
        "message": world.message(CLOSED, "owner").pk,
        "id": uuid4(),
        "token": "none",
        "bob": world.member(CLOSED, "other").pk,
        "person": world.person("other").pk,
        "of_bob": world.message(CLOSED, "other").pk,
        "report": inspector.scene.ids["report_id"][0],
    }


def test_no_part_of_an_address_breaks_the_server(inspector: Inspector) -> None:
    there = known(inspector)
    for number, address in enumerate(ASKED):
        for odd in odd_ones(number):
            path, _, query = address.format(
                **there, odd=quote(odd.encode("utf-8", "surrogatepass"))
            ).partition("?")
            wrong = inspector.ask(
                FuzzedRequest("GET", unquote(path, errors="replace"), query.encode(), (), b""), who(path)
            )
            assert not wrong, (address, odd[:20], wrong)


def test_no_field_of_a_form_breaks_the_server(inspector: Inspector) -> None:
    there = known(inspector)
    headers = ((b"content-type", b"application/x-www-form-urlencoded"), (b"hx-request", b"true"))
    number = 0
    for address, fields in POSTED:
        path = address.format(**there)
        values = {key: value.format(**there) for key, value in fields.items()}
        for name in fields:
            number += 1
            for odd in odd_ones(number):
                body = urlencode(values | {name: odd}, errors="surrogatepass").encode()
                wrong = inspector.ask(FuzzedRequest("POST", path, b"", headers, body), who(path))
                assert not wrong, (address, name, odd[:20], wrong)


def test_the_forms_are_good_but_for_that_field(inspector: Inspector) -> None:
    """Sent unchanged, each gets further than a missing page."""
    there = known(inspector)
    form = ((b"content-type", b"application/x-www-form-urlencoded"),)
    for address, fields in POSTED:
        path = address.format(**there)
        body = urlencode({key: value.format(**there) for key, value in fields.items()}).encode()
        inspector.ask(FuzzedRequest("POST", path, b"", form, body), who(path))
        if not re.search("none|/1/", path):
            assert inspector.status not in {400, 404, 405}, path
