"""The workspace's name and picture: who chooses them, and where they are shown."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.db.models.query import QuerySet
from django.test import Client
from PIL import Image

from chat.models import Person, Room
from hypertalk.accounts import branding
from hypertalk.accounts.models import User, Workspace
from tests.conftest import client_of
from tests.support.drawing import drawn

PATH = "/accounts/workspace/"
GIVEN = {
    "workspace": "Harbour & Sons",
    "display_name": "Olga",
    "email": "olga@example.com",
    "password": "four-words-are-easy",
    "signup": "anyone",
    "domain": "",
}
pytestmark = pytest.mark.django_db


def upload(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.png", content or drawn(), "image/png")


def save(name: str = "Harbour & Sons", *, webp: bytes = b"") -> Workspace:
    row = Workspace(name=name)
    row.show(webp)
    row.save()
    return row


@pytest.fixture
def owner(ada: Person) -> Client:
    return client_of(ada)


def test_the_first_run_keeps_the_picture_and_everybody_can_load_it() -> None:
    Client().post("/welcome/", GIVEN | {"picture": upload()})
    page = Client().get("/accounts/login/").text
    assert "Harbour &amp; Sons" in page
    (address,) = set(re.findall(r"/workspace/picture/\w+\.webp", page))
    answer = Client().get(address)
    assert Image.open(BytesIO(answer.content)).size == (512, 512)
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Client().get("/workspace/picture/0123456789abcdef.webp").status_code == 404


@pytest.mark.parametrize("wrong", [b"no picture", drawn(size=(5000, 4000))])
def test_what_is_no_picture_is_said_beside_its_field(wrong: bytes) -> None:
    answer = Client().post("/welcome/", GIVEN | {"picture": upload(wrong)})
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="picture"[^>]*aria-invalid="true"', answer.text)
    assert re.search(r'<p class="field__error" role="alert"><svg.*?</svg><span data-error>\w', answer.text)
    assert not User.objects.exists()


def test_a_title_names_the_workspace_and_without_a_name_the_product(alice: Person) -> None:
    client = client_of(alice)
    assert "<title>Profile · hypertalk</title>" in client.get("/profile/").text
    save("Tom · Ltd <b>")
    page = client.get("/profile/").text
    assert "<title>Profile · Tom · Ltd &lt;b&gt;</title>" in page
    assert '<meta name="application-name" content="Tom · Ltd &lt;b&gt;">' in page
    assert '<span class="wordmark__name" dir="auto">Tom · Ltd &lt;b&gt;</span>' in page


@pytest.mark.usefixtures("alice")
def test_the_installed_app_has_both() -> None:
    save(webp=b"a picture")
    manifest = Client().get("/manifest.webmanifest").json()
    assert manifest["name"] == manifest["short_name"] == "Harbour & Sons"
    (icon,) = manifest["icons"]
    assert Client().get(icon["src"]).content == b"a picture"


def test_mails_and_invitations_name_it(alice: Person, room: Room, settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    save()
    client_of(alice).post(f"/rooms/{room.pk}/invitations/", {"by": "email", "addresses": "dora@example.com"})
    assert mail.outbox[-1].subject == "Alice invites you to #harbour on Harbour & Sons"
    link = re.search(r"http://testserver(/invitations/\S+)", str(mail.outbox[-1].body))
    assert link
    assert "It is a room on Harbour &amp; Sons." in Client().get(link[1]).text
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert mail.outbox[-1].subject.startswith("[Harbour & Sons] ")
    assert "Hello from Harbour & Sons!" in mail.outbox[-1].body


def test_its_owners_change_it(owner: Client) -> None:
    assert PATH in owner.get("/profile/").text
    assert owner.post(PATH, {"workspace": " Harbour ", "picture": upload()})["Location"] == PATH
    row = Workspace.objects.get()
    assert row.name == "Harbour"
    assert row.picture in owner.get("/profile/").text
    owner.post(PATH, {"workspace": "Other"})
    assert Workspace.objects.get().picture == row.picture
    asked = owner.post(PATH, {"workspace": "Other", "remove": "1"}).text
    assert "Remove the workspace&#x27;s picture?" in asked
    assert Workspace.objects.get().picture == row.picture
    given = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', asked))
    owner.post(PATH, {name: given[name] for name in ("workspace", "remove", "sure")})
    row = Workspace.objects.get()
    assert (row.name, row.picture, row.webp) == ("Other", "", None)


def test_the_sign_up_rules_stay_as_they_are(owner: Client) -> None:
    Workspace(signup="domain", domain="example.com").save()
    owner.post(PATH, {"workspace": "Harbour", "signup": "anyone", "domain": ""})
    row = Workspace.objects.get()
    assert (row.name, row.signup, row.domain) == ("Harbour", "domain", "example.com")


@pytest.mark.parametrize(
    "wrong", [{"workspace": ""}, {"workspace": "\u200b"}, {"workspace": "x", "picture": upload(b"x")}]
)
def test_what_can_not_be_changes_nothing(owner: Client, wrong: dict[str, Any]) -> None:
    save()
    answer = owner.post(PATH, wrong)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert Workspace.objects.get().name == "Harbour & Sons"


def test_nobody_else_does(alice: Person, mia: Person) -> None:
    save()
    for person in (alice, mia):
        client = client_of(person)
        assert PATH not in client.get("/profile/").text
        assert client.get(PATH).status_code == client.post(PATH, {"workspace": "Mine"}).status_code == 404
    assert "/login/" in Client().post(PATH, {"workspace": "Mine"})["Location"]
    assert Workspace.objects.get().name == "Harbour & Sons"


def test_a_page_asks_nothing_about_it_until_it_changes(alice: Person, django_assert_num_queries: Any) -> None:
    save()
    assert branding.workspace_branding().name == "Harbour & Sons"
    with django_assert_num_queries(0):
        assert branding.workspace_branding().name == "Harbour & Sons"
    Workspace.objects.update(name="By another process")
    assert branding.workspace_branding().name == "Harbour & Sons"
    branding.memory.expire()
    assert branding.workspace_branding().name == "By another process"


def test_without_the_database_it_is_called_as_before(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    save()
    assert branding.workspace_branding().name == "Harbour & Sons"
    branding.memory.expire()

    def away(_rows: QuerySet[Workspace]) -> None:
        raise DatabaseError

    monkeypatch.setattr(QuerySet, "first", away)
    assert branding.workspace_branding().name == "Harbour & Sons"
