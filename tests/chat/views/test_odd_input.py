"""Whatever is written where an id, a number or a word is expected: never an error of the server's."""

from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest

from chat import actions
from chat.models import Member, Person, Room
from tests.conftest import client_of, say

ODD = {
    "nul": "a\x00b",
    "lone surrogate": "\ud800",
    "direction": "\u202eevil",
    "long": "x" * 20_000,
    "large number": "9" * 40,
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
    ("/people/{bob}/unblock/", {"more": "1"}),
    ("/accounts/security/sessions/", {"session": "1"}),
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


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_input_is_never_an_error_of_the_server(odd: str, alice: Person, bob: Person, room: Room) -> None:
    alice.user.is_staff = alice.user.is_superuser = True
    alice.user.save()
    client = client_of(alice)
    of_bob = say(bob, room, "Words")
    known = {
        "room": room.pk,
        "message": say(alice, room, "Words").pk,
        "id": uuid4(),
        "token": "none",
        "bob": Member.objects.get(room=room, person=bob).pk,
        "of_bob": of_bob.pk,
        "report": actions.report_message(alice, of_bob.pk, "spam").pk,
    }
    in_address = quote(odd.encode("utf-8", "surrogatepass"))
    for path in ASKED:
        answer = client.get(path.format(**known, odd=in_address))
        assert answer.status_code < 500, path
    for path, fields in POSTED:
        for name in fields:
            values = {key: value.format(**known) for key, value in fields.items()}
            body = urlencode(values | {name: odd}, errors="surrogatepass")
            answer = client.post(
                path.format(**known),
                body,
                content_type="application/x-www-form-urlencoded",
                headers={"HX-Request": "true"},
            )
            assert answer.status_code < 500, (path, name)


@pytest.mark.parametrize("path", ["/", "/nowhere/", "/rooms/", "/accounts/login/", "/admin/", "/people/1/"])
@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded; charset=latin-1", "a=1", 400),
        ("application/x-www-form-urlencoded; charset=rot13", "a=1", 400),
        ("multipart/form-data", "a", 400),
        ("multipart/form-data; boundary=" + "b" * 5000, "a", 400),
        (
            "multipart/form-data; boundary=b; charset=rot13",
            '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
            400,
        ),
        ("application/x-www-form-urlencoded", "a=1&" * 500, 400),
        ("application/x-www-form-urlencoded", "a=" + "x" * 300_000, 413),
    ],
)
def test_a_form_that_is_none_is_refused_in_words_wherever_it_is_sent(
    alice: Person, path: str, kind: str, body: str, status: int
) -> None:
    """Also where nothing is: the page that says so asks for a field of the form, and so does the one for faults."""
    answer = client_of(alice).generic("POST", path, body, content_type=kind)
    assert answer.status_code == status
    assert answer.content.decode().startswith(("The form could not be read.", "This is too large"))
