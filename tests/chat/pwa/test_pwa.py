"""The chat as a web app: its manifest, its worker, and which pages a device may store."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import Person, Room
from chat.pwa import release, views
from tests.conftest import client_of, script_of

STATIC = Path(__file__).parents[3] / "static"
FILES = ("/static/chat/css/base.0123456789ab.css", "/static/chat/js/main.0123456789ab.js")


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a real server, where the names of static files have hashes."""
    release.release.cache_clear()
    for module in (release, views):
        monkeypatch.setattr(module, "files", lambda: FILES)
    yield
    release.release.cache_clear()


def known(answer) -> dict:
    """The configuration that /sw.js gives its script."""
    return json.loads(re.match(r"self\.chat = (\{.*\});\n", answer.text)[1])


@pytest.mark.usefixtures("alice")  # an empty workspace redirects everyone to its first page
@pytest.mark.parametrize("base", ["/", "/chat/"])
def test_the_manifest_is_of_where_the_chat_is(base: str, settings) -> None:
    if base == "/chat/":
        settings.ROOT_URLCONF = "tests.mounted.urls"
    answer = Client().get(f"{base}manifest.webmanifest", headers={"accept-language": "th"})
    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["scope"] == manifest["id"] == base
    assert manifest["start_url"] == f"{base}rooms/"
    assert manifest["lang"] == "th"
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert sizes >= {"192x192", "512x512"}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    for icon in manifest["icons"]:
        assert (STATIC / icon["src"].removeprefix("/static/chat/")).is_file()


@pytest.mark.usefixtures("alice")  # an empty workspace redirects everyone to its first page
@pytest.mark.parametrize("base", ["/", "/chat/"])
def test_the_worker_serves_this_release_below_its_path(base: str, settings, released: None) -> None:
    if base == "/chat/":
        settings.ROOT_URLCONF = "tests.mounted.urls"
    answer = Client().get(f"{base}sw.js")
    assert "no-cache" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/javascript"
    assert known(answer) == {
        "base": base,
        "release": release.release(),
        "files": list(FILES),
        "rooms": f"{base}rooms/",
        "offline": f"{base}offline/",
        "signIn": "/accounts/login/",
    }
    assert "js/app/worker.js" in answer.text


@pytest.mark.django_db
def test_another_file_is_another_release(monkeypatch: pytest.MonkeyPatch, released: None) -> None:
    before = release.release()
    release.release.cache_clear()
    monkeypatch.setattr(release, "files", lambda: (*FILES[:1], "/static/chat/js/main.ba9876543210.js"))
    assert release.release() != before


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["the setting", "names without hashes"])
def test_switched_off_it_takes_back_what_it_did(why: str, settings, request, alice: Person) -> None:
    if why == "the setting":
        request.getfixturevalue("released")
        settings.CHAT_SERVICE_WORKER = False
    answer = Client().get(reverse("chat:worker"))
    assert known(answer) == {"base": "/"}
    assert "js/app/worker-off.js" in answer.text
    page = client_of(alice).get(reverse("chat:rooms"))
    assert "data-worker" not in page.text
    assert "Chat-Keep" not in page


def test_a_device_keeps_rooms_and_their_list_and_nothing_else(
    alice: Person, charlie: Person, room: Room, open_room: Room, released: None
) -> None:
    client = client_of(alice)
    there = reverse("chat:room", args=[room.pk])
    for path in (there, reverse("chat:rooms")):
        answer = client.get(path)
        assert answer["Chat-Keep"] == str(alice.pk)
        assert answer["Chat-Release"] == release.release()
        assert "no-store" in answer["Cache-Control"]  # in every other cache
        assert "Chat-Keep" not in script_of(alice).get(path)
    refused = client.post(reverse("chat:messages", args=[room.pk]), {"id": "none", "body": "x"})
    preview = client_of(charlie).get(reverse("chat:room", args=[open_room.pk]))
    others = [
        client.get(path) for path in (f"{there}members/", "/profile/", "/people/", "/accounts/security/")
    ]
    for answer in (refused, preview, *others):
        assert "Chat-Keep" not in answer
    assert "Chat-Keep" not in client_of(charlie).get(there)


def test_a_page_that_was_away_learns_of_the_release(alice: Person, released: None) -> None:
    assert script_of(alice).get(reverse("chat:rooms"))["Chat-Release"] == release.release()


def test_signing_out_empties_the_browser_and_no_other_site_can(alice: Person) -> None:
    client, path = client_of(alice), reverse("account_logout")
    assert "Clear-Site-Data" not in client.get(path)
    assert client.post(path)["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get(path)


@pytest.mark.django_db
def test_the_page_for_what_is_not_kept_holds_nothing_of_anyone(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    path = reverse("chat:offline")
    assert client.get(path).content == Client().get(path).content
    assert "Alice" not in client.get(path).text


def test_no_script_is_fetched_later_than_its_page() -> None:
    """After an upgrade the server may no longer have it."""
    for script in (STATIC / "js").glob("*.js"):
        assert not re.search(r"\bimport\(", script.read_text()), script.name
