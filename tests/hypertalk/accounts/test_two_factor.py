"""Codes, recovery codes and passkeys: what signs in with them, and what does not."""

import json
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator as Kept
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from chat import actions
from chat.models import Person
from hypertalk.accounts.models import User, Workspace
from tests.conftest import client_of
from tests.support.authenticator import Authenticator

pytestmark = pytest.mark.django_db

PASSWORD = "talk-to-me"
SECURITY = "/accounts/security/"


@pytest.fixture(autouse=True)
def _begun(db: None) -> None:
    Workspace().save()


def visitor(**more: Any) -> Client:
    """A client at http://localhost, where passkeys work without TLS."""
    return Client(headers={"Host": "localhost"}, **more)


def prove(client: Client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def at_home(person: Person) -> Client:
    """Signed in, and has just confirmed the password."""
    client = visitor()
    client.force_login(person.user)
    prove(client)
    return client


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(email: str = "alice@example.com", next_page: str = "/rooms/") -> Client:
    client = visitor()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": next_page})
    return client


def is_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeze time, so that a code does not expire between its creation and its use."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)


@pytest.fixture
def secret(alice: Person) -> str:
    """Alice has an authenticator app; this is its secret."""
    client = at_home(alice)
    page = client.get(f"{SECURITY}app/")
    made = page.context["form"].secret
    answer = client.post(f"{SECURITY}app/", {"code": code_of(made)})
    assert answer["Location"] == f"{SECURITY}codes/"
    return str(made)


@pytest.fixture
def passkey(alice: Person) -> Authenticator:
    return add(at_home(alice), Authenticator())


def add(client: Client, made: Authenticator, name: str = "Phone") -> Authenticator:
    options = client.get(f"{SECURITY}passkeys/new/").context["js_data"]["creation_options"]
    answer = client.post(
        f"{SECURITY}passkeys/new/", {"name": name, "credential": json.dumps(made.create(options))}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return made


def challenge(client: Client) -> dict[str, Any]:
    return client.get("/accounts/passkey/", headers={"Accept": "application/json"}).json()["request_options"]


def use(client: Client, credential: Any, **more: str) -> Any:
    return client.post("/accounts/passkey/", {"credential": json.dumps(credential), **more})


# Codes


def test_with_an_app_the_password_alone_opens_nothing(secret: str) -> None:
    client = give_password(next_page="/profile/")
    assert not is_in(client)
    page = client.get("/accounts/two-factor/")
    assert "One more step" in page.content.decode()
    assert b"data-passkey" not in page.content
    assert b"Incorrect code" in client.post("/accounts/two-factor/", {"code": "000000"}).content
    assert not is_in(client)
    assert client.post("/accounts/two-factor/", {"code": code_of(secret)})["Location"] == "/profile/"
    assert is_in(client)


def test_a_code_works_once(secret: str) -> None:
    code = code_of(secret)
    first, second = give_password(), give_password()
    first.post("/accounts/two-factor/", {"code": code})
    second.post("/accounts/two-factor/", {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_a_recovery_code_works_once(alice: Person, secret: str) -> None:
    client = at_home(alice)
    page = client.get(f"{SECURITY}codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    assert len(codes) == 10
    saved = client.get(f"{SECURITY}codes/download/")
    assert saved.content.decode().split() == codes
    assert "no-store" in saved["Cache-Control"]
    first, second = give_password(), give_password()
    first.post("/accounts/two-factor/", {"code": codes[0]})
    second.post("/accounts/two-factor/", {"code": codes[0]})
    assert is_in(first)
    assert not is_in(second)
    assert "9 left" in client.get(SECURITY).content.decode()
    client.post(f"{SECURITY}codes/new/")
    third = give_password()
    third.post("/accounts/two-factor/", {"code": codes[1]})
    assert not is_in(third)


def test_the_administration_stands_behind_the_same_door(alice: Person, secret: str) -> None:
    User.objects.filter(pk=alice.user_id).update(is_staff=True, is_superuser=True)
    client = give_password(next_page="/admin/")
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    client.post("/admin/login/", {"username": "alice@example.com", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    client.post("/accounts/two-factor/", {"code": code_of(secret)})
    assert client.get("/admin/").status_code == 200


def test_turning_codes_off_takes_the_recovery_codes_along(alice: Person, secret: str) -> None:
    client = at_home(alice)
    assert client.get(f"{SECURITY}app/remove/").status_code == 200
    client.post(f"{SECURITY}app/remove/")
    assert not Kept.objects.exists()
    assert client.get(f"{SECURITY}codes/").status_code == 404
    assert is_in(give_password())
    assert any("deactivated" in m.body and m.to == ["alice@example.com"] for m in mail.outbox)


def test_guessing_codes_is_stopped_for_the_account_whatever_address_is_claimed(
    alice: Person, secret: str
) -> None:
    """Hazard 17."""
    client = give_password()
    for n in range(6):
        answer = client.post(
            "/accounts/two-factor/", {"code": f"00000{n}"}, headers={"X-Forwarded-For": f"1.2.3.{n}"}
        )
    assert "Too many" in answer.content.decode()
    other = give_password()
    answer = other.post(
        "/accounts/two-factor/", {"code": code_of(secret)}, headers={"X-Forwarded-For": "9.9.9.9"}
    )
    assert "Too many" in answer.content.decode()
    assert not is_in(other)


@pytest.mark.parametrize("code", ["", " ", "\x00", "x" * 100_000, "١٢٣٤٥٦", "None", "-1", "000000\n"])
def test_odd_codes_open_nothing(secret: str, code: str) -> None:
    """Hazards 4 and 18."""
    client = give_password()
    assert client.post("/accounts/two-factor/", {"code": code}).status_code == 200
    assert not is_in(client)


def test_an_empty_code_never_matches(alice: Person, secret: str) -> None:
    """Hazard 4: not even when all recovery codes are used."""
    rescue = Kept.objects.get(type="recovery_codes")
    rescue.data["used_mask"] = 2**10 - 1
    rescue.save()
    client = give_password()
    for code in ("", "0", "None"):
        client.post("/accounts/two-factor/", {"code": code})
    assert not is_in(client)


def test_the_second_step_is_nobodys_without_the_first(secret: str) -> None:
    client = visitor()
    assert client.get("/accounts/two-factor/")["Location"] == "/accounts/login/"
    client.post("/accounts/two-factor/", {"code": code_of(secret)})
    assert not is_in(client)


def test_a_reset_password_is_no_way_around(alice: Person, secret: str) -> None:
    visitor().post("/accounts/password/reset/", {"email": "alice@example.com"})
    path = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert path
    client = visitor()
    form = client.get(path[1], follow=True)
    new = {"password1": "another-fine-one", "password2": "another-fine-one"}
    client.post(form.request["PATH_INFO"], new)
    client.post("/accounts/login/", {"login": "alice@example.com", "password": "another-fine-one"})
    assert not is_in(client)


# Passkeys


def test_a_passkey_signs_in_alone(alice: Person, passkey: Authenticator) -> None:
    client = visitor()
    answer = use(client, passkey.get(challenge(client)), next="/profile/")
    assert answer["Location"] == "/profile/"
    assert is_in(client)


def test_with_a_passkey_the_password_alone_opens_nothing(alice: Person, passkey: Authenticator) -> None:
    client = give_password()
    assert not is_in(client)
    page = client.get("/accounts/two-factor/")
    options = page.context["js_data"]["request_options"]
    assert b"data-passkey" in page.content
    client.post("/accounts/two-factor/", {"credential": json.dumps(passkey.get(options))})
    assert is_in(client)


def test_a_passkey_proves_again_who_it_is(alice: Person, passkey: Authenticator) -> None:
    client = visitor()
    client.force_login(alice.user)
    path = "/accounts/reauthenticate/passkey/"
    there = {"next": f"{SECURITY}app/"}
    options = client.get(path, there).context["js_data"]["request_options"]
    assert client.post(path, {"credential": "{}", **there})["Location"].startswith(path)
    options = client.get(path, there).context["js_data"]["request_options"]
    answer = client.post(path, {"credential": json.dumps(passkey.get(options)), **there})
    assert answer["Location"] == f"{SECURITY}app/"
    assert client.get(f"{SECURITY}app/").status_code == 200


def test_nothing_is_changed_without_being_asked_again(
    alice: Person, secret: str, passkey: Authenticator
) -> None:
    client = visitor()
    client.force_login(alice.user)
    key = Kept.objects.get(type="webauthn").pk
    changing = ("app/remove/", "codes/new/", "passkeys/new/", f"passkeys/{key}/", f"passkeys/{key}/remove/")
    for path in (*changing, "codes/", "codes/download/"):
        assert client.get(SECURITY + path)["Location"].startswith("/accounts/reauthenticate/"), path
    for path in changing:
        assert client.post(SECURITY + path)["Location"].startswith("/accounts/reauthenticate/"), path
    assert Kept.objects.count() == 3


@pytest.mark.parametrize("lie", ["origin", "challenge", "signature", "user", "replay", "no finger", "key"])
def test_a_passkey_that_lies_opens_nothing(
    alice: Person, bob: Person, passkey: Authenticator, lie: str
) -> None:
    client = visitor()
    if lie == "origin":
        passkey.origin = "https://evil.example"
    if lie == "no finger":
        passkey.flags = 0x01
    if lie == "key":
        passkey.key = Authenticator().key
    options = challenge(client)
    if lie == "challenge":
        options = challenge(visitor())
    credential = passkey.get(options)
    if lie == "signature":
        credential["response"]["signature"] = credential["response"]["signature"][:-8] + "AAAAAAAA"
    if lie == "user":
        passkey.user = str(bob.user_id).encode()
        credential = passkey.get(options)
    if lie == "replay":
        use(client, credential)
        client.post("/accounts/logout/")
        challenge(client)
    answer = use(client, credential)
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)


NONSENSE = [
    "",
    "null",
    "[]",
    "5",
    '"x"',
    "{}",
    "{",
    "[" * 15_000,
    '{"a":' * 3000 + "1" + "}" * 3000,
    '{"id": ' + "9" * 5000 + "}",
    '{"id": "\\u0000"}',
    "x" * 200_000,
    '{"id":"YQ","rawId":"!","type":"public-key","response":{}}',
    '{"id":"YQ","rawId":"YQ","type":"x","response":{"clientDataJSON":5,"userHandle":[]}}',
    '{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":'
        '{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"////"}}'
    ),
    (
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":'
        '{"clientDataJSON":"W10","authenticatorData":"AA","signature":"AA","userHandle":null}}'
    ),
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_what_is_no_credential_is_a_clear_no(alice: Person, passkey: Authenticator, credential: str) -> None:
    """Hazard 18: in each of the four forms that accept one."""
    stranger = visitor()
    challenge(stranger)
    answer = stranger.post("/accounts/passkey/", {"credential": credential}, follow=True)
    assert "The passkey did not work" in answer.content.decode()
    halfway = give_password()
    halfway.get("/accounts/two-factor/")
    assert halfway.post("/accounts/two-factor/", {"credential": credential}).status_code == 200
    assert not is_in(stranger)
    assert not is_in(halfway)
    home = at_home(alice)
    home.get(f"{SECURITY}passkeys/new/")
    assert home.post(f"{SECURITY}passkeys/new/", {"name": "x", "credential": credential}).status_code == 200
    home.get("/accounts/reauthenticate/passkey/")
    again = home.post("/accounts/reauthenticate/passkey/", {"credential": credential})
    assert again["Location"] == "/accounts/reauthenticate/passkey/"
    assert Kept.objects.filter(type="webauthn").count() == 1


def test_users_that_are_none_are_a_clear_no(alice: Person, passkey: Authenticator) -> None:
    for handle in (b"", b"None", b"99999999999999999999999", b"-1", b"\x00", b"\xff", b"1 OR 1=1"):
        client = visitor()
        passkey.user = handle
        assert use(client, passkey.get(challenge(client)))["Location"] == "/accounts/login/"
        assert not is_in(client)


def test_a_passkey_of_somebody_deactivated_opens_nothing(alice: Person, passkey: Authenticator) -> None:
    actions.deactivate_person(alice)
    client = visitor()
    use(client, passkey.get(challenge(client)))
    assert not is_in(client)


def test_what_is_kept_of_a_passkey_is_what_is_needed(alice: Person) -> None:
    client = at_home(alice)
    options = client.get(f"{SECURITY}passkeys/new/").context["js_data"]["creation_options"]
    credential = Authenticator().create(options) | {
        "more": "\x00" * 9,
        "clientExtensionResults": {"x": "y" * 99},
    }
    assert (
        client.post(
            f"{SECURITY}passkeys/new/", {"name": "Phone", "credential": json.dumps(credential)}
        ).status_code
        == 302
    )
    data = Kept.objects.get(type="webauthn").data
    assert sorted(data["credential"]) == ["id", "rawId", "response", "type"]
    assert sorted(data["credential"]["response"]) == ["attestationObject", "clientDataJSON"]


def test_a_key_that_asks_for_no_finger_is_not_taken(alice: Person) -> None:
    client = at_home(alice)
    options = client.get(f"{SECURITY}passkeys/new/").context["js_data"]["creation_options"]
    credential = json.dumps(Authenticator(verifies=False).create(options))
    assert client.post(f"{SECURITY}passkeys/new/", {"credential": credential}).status_code == 200
    assert not Kept.objects.exists()


def test_passkeys_are_renamed_and_removed_by_their_owner_alone(
    alice: Person, bob: Person, passkey: Authenticator
) -> None:
    """Hazard 8."""
    key = Kept.objects.get(type="webauthn").pk
    stranger = at_home(bob)
    for path in (
        f"passkeys/{key}/",
        f"passkeys/{key}/remove/",
        "passkeys/999999/",
        "passkeys/999999/remove/",
    ):
        assert stranger.get(SECURITY + path).status_code == 404
        assert stranger.post(SECURITY + path, {"name": "Mine"}).status_code == 404
    client = at_home(alice)
    assert client.post(f"{SECURITY}passkeys/{key}/", {"name": "x" * 100}).status_code == 200
    assert client.post(f"{SECURITY}passkeys/{key}/", {"name": "a\x00"}).status_code == 200
    assert client.post(f"{SECURITY}passkeys/{key}/", {"name": "<b>Laptop"}, follow=True).status_code == 200
    assert "&lt;b&gt;Laptop" in client.get(SECURITY).content.decode()
    assert client.get(f"{SECURITY}passkeys/{key}/remove/").status_code == 200
    assert client.post(f"{SECURITY}passkeys/{key}/remove/", follow=True).status_code == 200
    assert not Kept.objects.exists()
    assert is_in(give_password())


def test_an_account_has_so_many_passkeys(alice: Person, settings: Any) -> None:
    client = at_home(alice)
    for _ in range(10):
        add(client, Authenticator())
    options = client.get(f"{SECURITY}passkeys/new/").context["js_data"]["creation_options"]
    credential = json.dumps(Authenticator().create(options))
    answer = client.post(f"{SECURITY}passkeys/new/", {"credential": credential})
    assert "maximum number of passkeys" in answer.content.decode()
    assert Kept.objects.filter(type="webauthn").count() == 10


def test_challenges_are_not_given_without_end() -> None:
    """Each is stored in a session, which is a row; a forged address changes nothing. Hazard 17."""
    answers = [
        visitor()
        .get("/accounts/passkey/", headers={"Accept": "application/json", "X-Forwarded-For": f"1.2.3.{n}"})
        .status_code
        for n in range(61)
    ]
    assert answers[-1] == 429
    assert answers[0] == 200
    tries = [visitor().post("/accounts/passkey/", {"credential": "{}"}).status_code for _ in range(2)]
    assert tries == [429, 429]


# Pages around them


def test_the_page_takes_the_same_queries_however_many_keys(
    alice: Person, passkey: Authenticator, django_assert_max_num_queries: Any
) -> None:
    client = at_home(alice)
    client.get(SECURITY)

    def count() -> int:
        with django_assert_max_num_queries(12) as asked:
            assert client.get(SECURITY).status_code == 200
        return len(asked)

    few = count()
    for _ in range(5):
        add(client, Authenticator())
    client.get(SECURITY)
    assert count() == few


def test_who_is_signed_out_is_led_to_the_door(db: None) -> None:
    for path in ("email/", "sessions/", "app/", "app/remove/", "codes/new/", "passkeys/new/", "passkeys/1/"):
        for send in (visitor().get, visitor().post):
            assert send(SECURITY + path)["Location"].startswith("/accounts/login/"), path
    for path in ("", "codes/", "codes/download/"):
        assert visitor().get(SECURITY + path)["Location"].startswith("/accounts/login/"), path


def test_superusers_alone_take_it_off_and_nobody_sees_a_secret(
    alice: Person, bob: Person, charlie: Person, secret: str
) -> None:
    User.objects.filter(pk=bob.user_id).update(is_staff=True, is_superuser=True)
    User.objects.filter(pk=charlie.user_id).update(is_staff=True)
    row = Kept.objects.get(type="totp")
    path = f"/admin/mfa/authenticator/{row.pk}/"
    owner = client_of(Person.objects.get(pk=bob.pk))
    page = owner.get(f"{path}change/")
    assert page.status_code == 200
    assert secret not in page.content.decode()
    assert (
        client_of(Person.objects.get(pk=charlie.pk)).post(f"{path}delete/", {"post": "yes"}).status_code
        == 403
    )
    assert owner.post(f"{path}delete/", {"post": "yes"}).status_code == 302
    assert is_in(give_password())
    assert owner.get("/admin/usersessions/usersession/").status_code == 404
