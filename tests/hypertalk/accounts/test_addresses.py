"""Addresses: confirmed where there is mail, changed by the account's owner, and no way to learn who has an account."""

import re
from importlib import import_module
from runpy import run_path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from chat.models import Person
from hypertalk.accounts import conf
from hypertalk.accounts.first_run import begin
from hypertalk.accounts.models import User, Workspace
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

PASSWORD = "talk-to-me"
WORDS = "four-words-are-easy"


@pytest.fixture
def _mail(settings: Any) -> None:
    """As with an EMAIL_URL."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


with_mail = pytest.mark.usefixtures("_mail")


@pytest.fixture(autouse=True)
def _begun(db: None) -> None:
    Workspace().save()


def sign_up(client: Client, email: str, name: str = "Dora") -> Any:
    return client.post("/accounts/signup/", {"display_name": name, "email": email, "password1": WORDS})


def sign_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/rooms/").status_code == 200


def link_to(email: str) -> str:
    """The path in the last mail to an address."""
    body = next(m for m in reversed(mail.outbox) if m.to == [email]).body
    found = re.search(r"https?://[^/]+(/accounts/confirm-email/\S+)", str(body))
    assert found, body
    return found[1]


def prove(client: Client, password: str = PASSWORD) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": password}).status_code == 302


def change(client: Client, email: str) -> Any:
    return client.post("/accounts/security/email/", {"email": email, "action_add": ""}, follow=True)


@pytest.mark.parametrize(
    ("url", "debug", "asked"),
    [
        ("smtp://mail.example.com", "0", "mandatory"),
        ("smtps://mail.example.com", "", "mandatory"),
        ("smtp://mail.example.com", "1", "none"),
        ("console:", "0", "none"),
        ("CONSOLE:", "0", "none"),
        ("", "0", "none"),
    ],
)
def test_where_there_is_mail_addresses_are_confirmed(
    url: str, debug: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    monkeypatch.setenv("DEBUG", debug)
    assert run_path(conf.__file__)["ACCOUNT_EMAIL_VERIFICATION"] == asked


@with_mail
def test_dora_is_in_once_she_opened_the_link() -> None:
    dora = Client()
    answer = sign_up(dora, "dora@example.com")
    assert answer["Location"] == "/accounts/confirm-email/"
    assert "Check your email" in dora.get("/accounts/confirm-email/").content.decode()
    assert not is_in(dora)
    assert not is_in(sign_in("dora@example.com", WORDS))
    path = link_to("dora@example.com")
    assert "Confirm your email address" in dora.get(path).content.decode()
    assert not EmailAddress.objects.get().verified  # mail scanners open links too
    assert dora.post(path).status_code == 302
    assert is_in(sign_in("dora@example.com", WORDS))
    assert "no longer valid" in Client().get(path).content.decode()


@with_mail
def test_a_made_up_link_confirms_nothing() -> None:
    """Hazard 4."""
    sign_up(Client(), "dora@example.com")
    for key in ("x", "None", "MQ:1abc:xyz", "MQ" * 200, "-", "_:_:_"):
        path = f"/accounts/confirm-email/{key}/"
        assert "no longer valid" in Client().get(path).content.decode()
        assert Client().post(path).status_code == 404
    assert Client().get("/accounts/confirm-email/%00/").status_code == 404
    assert not EmailAddress.objects.get().verified


@with_mail
def test_signing_up_tells_nobody_who_is_here(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hazard 8: the same pages at the same cost; the owner of the address gets a mail that says which case it was."""
    hashed: list[str] = []
    real = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return real(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    answers, pages, costs = [], [], []
    for email in ("alice@example.com", "new@example.com"):
        client = Client()
        hashed.clear()
        answer = sign_up(client, email, "Eve")
        costs.append(len(hashed))
        answers.append((answer.status_code, answer["Location"], sorted(answer.cookies)))
        page = client.get(answer["Location"]).content.decode()
        pages.append(re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", page))
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]
    assert costs[0] == costs[1] > 0
    assert "already exists" in mail.outbox[0].body
    alice.refresh_from_db()
    assert alice.display_name == "Alice"
    assert alice.user.check_password(PASSWORD)


def test_without_mail_dora_is_in_at_once_and_no_mail_is_sent() -> None:
    dora = Client()
    assert sign_up(dora, "dora@example.com")["Location"] == "/"
    assert is_in(dora)
    assert not mail.outbox


def test_who_came_before_there_was_mail_is_not_locked_out(settings: Any, alice: Person) -> None:
    """Created by the first-run page, by sign-up, in the admin or by a command."""
    Workspace.objects.all().delete()
    User.objects.exclude(pk=alice.user_id).delete()
    Person.objects.all().delete()
    User.objects.all().delete()
    begin("olga@example.com", PASSWORD, "Olga", signup="anyone", domain="")
    sign_up(Client(), "dora@example.com")
    owner = client_of(Person.objects.get(user__email="olga@example.com"))
    made = {"email": "mia@example.com", "usable_password": "true", "password1": WORDS, "password2": WORDS}
    assert owner.post("/admin/accounts/user/add/", made).status_code == 302
    User.objects.create_user("command@example.com", WORDS)
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    assert is_in(sign_in("olga@example.com"))
    for name in ("dora", "mia", "command"):
        assert is_in(sign_in(f"{name}@example.com", WORDS)), name


def test_accounts_of_an_older_release_count_as_confirmed(alice: Person, bob: Person) -> None:
    EmailAddress.objects.filter(user=alice.user).delete()
    EmailAddress.objects.filter(user=bob.user).update(verified=False, primary=False)
    EmailAddress.objects.create(user=bob.user, email="older@example.com", verified=True)
    import_module("hypertalk.accounts.migrations.0003_addresses").vouch(apps, None)
    kept = EmailAddress.objects.order_by("email").values_list("email", "verified", "primary")
    assert list(kept) == [("alice@example.com", True, True), ("bob@example.com", True, True)]


@with_mail
def test_alice_changes_her_address_when_the_new_one_answers(alice: Person) -> None:
    client = client_of(alice)
    assert change(client, "new@example.com").redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    prove(client)
    page = change(client, "New@Example.com").content.decode()
    assert "Your address changes to <b>new@example.com</b>" in page
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@example.com"
    assert is_in(sign_in("alice@example.com"))
    assert client.post(link_to("new@example.com")).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.com", True)]
    assert is_in(sign_in("new@example.com"))
    assert not is_in(sign_in("alice@example.com"))
    assert any("changed" in m.body and m.to == ["alice@example.com"] for m in mail.outbox)


@with_mail
def test_what_was_asked_before_proving_it_goes_on_afterwards(alice: Person) -> None:
    client = client_of(alice)
    asked = change(client, "new@example.com").redirect_chain[-1][0]
    client.post(asked, {"password": PASSWORD})
    assert link_to("new@example.com")


def test_without_mail_an_address_changes_at_once(alice: Person, bob: Person) -> None:
    client = client_of(alice)
    prove(client)
    assert "field__error" in change(client, "bob@example.com").content.decode()
    change(client, "new@example.com")
    alice.user.refresh_from_db()
    assert alice.user.email == "new@example.com"
    assert EmailAddress.objects.get(user=alice.user).verified
    assert is_in(sign_in("new@example.com"))


@with_mail
def test_asking_for_somebody_elses_address_takes_nothing_and_tells_nothing(
    alice: Person, bob: Person
) -> None:
    client = client_of(bob)
    prove(client)
    pages = [
        change(client, email).content.decode().replace(email, "")
        for email in ("nobody@example.com", "alice@example.com")
    ]
    pages = [re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", page) for page in pages]
    assert pages[0] == pages[1]
    path = link_to("alice@example.com")
    assert "This email address is taken" in client.get(path).content.decode()
    client.post(path)
    assert is_in(sign_in("alice@example.com"))
    bob.user.refresh_from_db()
    assert bob.user.email == "bob@example.com"


@with_mail
def test_of_two_who_want_an_address_the_first_to_confirm_has_it(alice: Person) -> None:
    """An account created meanwhile, for example by an administrator: a clear sentence, not an error."""
    client = client_of(alice)
    prove(client)
    change(client, "wanted@example.com")
    path = link_to("wanted@example.com")
    late = User(email="wanted@example.com")
    late.save()
    answer = client.post(path, follow=True)
    assert answer.status_code == 200
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@example.com"


@with_mail
def test_a_wish_keeps_nobody_out(alice: Person) -> None:
    client = client_of(alice)
    prove(client)
    change(client, "zoe@example.com")
    sign_up(Client(), "zoe@example.com", "Zoe")
    assert User.objects.filter(email="zoe@example.com").exists()


@with_mail
def test_an_address_that_is_only_wished_for_resets_no_password(alice: Person) -> None:
    """A mistyped address may be a stranger's."""
    client = client_of(alice)
    prove(client)
    change(client, "slip@example.com")
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "slip@example.com"})
    assert not any("/password/reset/key/" in str(m.body) for m in mail.outbox)
    Client().post("/accounts/password/reset/", {"email": "Alice@example.com"})
    assert any("/password/reset/key/" in str(m.body) for m in mail.outbox)


@with_mail
def test_a_change_is_called_off(alice: Person) -> None:
    client = client_of(alice)
    prove(client)
    change(client, "new@example.com")
    path = link_to("new@example.com")
    client.post("/accounts/security/email/", {"email": "new@example.com", "action_remove": ""})
    assert "no longer valid" in client.get(path).content.decode()
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["alice@example.com"]


def test_the_domain_of_the_workspace_holds_for_changes_too(alice: Person) -> None:
    Workspace.objects.update(signup="domain", domain="example.com")
    client = client_of(alice)
    prove(client)
    page = change(client, "alice@elsewhere.example").content.decode()
    assert "ends in @example.com" in page


@pytest.mark.parametrize("email", ["", "x", "a" * 400 + "@example.com", "a\x00b@example.com", "a@b@c"])
def test_what_is_no_address_is_said_so(alice: Person, email: str) -> None:
    client = client_of(alice)
    prove(client)
    assert "field__error" in change(client, email).content.decode()


def test_odd_forms_are_answered(alice: Person) -> None:
    client = client_of(alice)
    prove(client)
    for data in (
        {},
        {"action_send": "", "email": "other@example.com"},
        {"action_remove": "", "email": "alice@example.com"},
        {"action_primary": "", "email": "alice@example.com"},
        {"action_send": "", "email": "\x00"},
    ):
        assert client.post("/accounts/security/email/", data).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.email == "alice@example.com"
    assert EmailAddress.objects.filter(user=alice.user, verified=True).exists()


def test_mails_to_addresses_are_few(alice: Person) -> None:
    client = client_of(alice)
    prove(client)
    answers = [change(client, f"new-{n}@example.com").status_code for n in range(12)]
    assert answers[-1] == 429
    assert answers[:5] == [200] * 5


def test_guessing_the_password_again_is_stopped(alice: Person) -> None:
    client = client_of(alice)
    answers = [client.post("/accounts/reauthenticate/", {"password": "x"}).status_code for _ in range(11)]
    assert answers[-1] == 429
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 429
