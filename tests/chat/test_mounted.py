"""The chat mounted at a path of another project."""

import json
import re
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from chat.live.hub import current_hub
from chat.models import Message, Person, Room
from tests.conftest import client_of, script_of
from tests.support.live import stop
from tests.support.visitor import Visitor, key_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.mounted.urls")]


def test_pages_lead_below_the_path_and_nowhere_else(alice: Person, bob: Person, room: Room) -> None:
    client = client_of(alice)
    pages = [f"/chat/rooms/{room.pk}/", "/chat/rooms/", "/chat/people/", "/chat/rooms/favourites/"]
    for path in [*pages, "/chat/rooms/browse/", f"/chat/rooms/{room.pk}/members/", "/chat/rooms/new/"]:
        html = client.get(path).content.decode()
        led = set(re.findall(r'(?:href|action|hx-get|hx-post|data-base|data-live-url)="(/[^"]*)"', html))
        assert 'data-base="/chat/"' in html
        assert not [to for to in led if not to.startswith(("/chat/", "/accounts/", "/static/"))], path
    assert client.get("/chat/")["Location"] == "/chat/rooms/#last"
    assert Client().get(pages[0])["Location"].startswith("/accounts/login/?next=/chat/rooms/")


def test_posting_and_reading_below_the_path(alice: Person, bob: Person, room: Room) -> None:
    first, second = uuid4(), uuid4()
    plain = client_of(alice).post(f"/chat/rooms/{room.pk}/messages/", {"id": first, "body": "Plain"})
    assert plain["Location"] == f"/chat/rooms/{room.pk}/#message-{first}"
    script = script_of(bob)
    path = f"/chat/rooms/{room.pk}/messages/"
    assert script.post(path, {"id": second, "body": "By script"}).status_code == 201
    assert b"By script" in script.get(f"{path}?before=9").content
    assert script.post(f"/chat/messages/{second}/edit/", {"body": "Edited"}).status_code == 200
    assert set(Message.objects.values_list("body", flat=True)) == {"Plain", "Edited"}


async def test_the_socket_is_where_the_page_says(alice: Person, bob: Person, room: Room) -> None:
    from tests.mounted.asgi import application

    page = await database_sync_to_async(lambda: client_of(alice).get(f"/chat/rooms/{room.pk}/"))()
    found = re.search(r'data-live-url="([^"]*)"', page.content.decode())
    assert found
    address = unescape(found[1])
    assert address == f"/chat/live/?person={alice.pk}&room={room.pk}"
    socket = Visitor(await key_of(alice), address, at=application)
    assert (await socket.connect())[0]
    assert json.loads(await socket.receive_from())["room"] == str(room.pk)
    post = {"type": "post", "id": str(uuid4()), "body": "Over the socket"}
    await socket.send_json_to(post)
    while f'"posted", "id": "{post["id"]}"' not in await socket.receive_from():
        pass
    await socket.disconnect()
    await stop(current_hub())


def test_scripts_know_no_path() -> None:
    scripts = Path(__file__).parents[2] / "static" / "js"
    for script in scripts.rglob("*.js"):
        assert not re.search(r"""["'`]/[a-z]""", script.read_text()), script
