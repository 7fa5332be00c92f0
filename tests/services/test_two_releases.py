"""During an upgrade, processes of two releases share one database and one channel layer."""

import json
from collections.abc import Iterator

import pytest

from tests.services.conftest import Deployment
from tests.support.arranging import Scene
from tests.support.releases import Release, release_before
from tests.support.screen import Screen


@pytest.fixture(scope="module")
def older(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    folder = tmp_path_factory.mktemp("before")
    shared = ("DATABASE_URL", "REDIS_URL", "DEBUG", "POST_LIMIT", "CONNECT_LIMIT")
    made = Release(
        release_before(folder / "code"), folder, **{name: deployment.one.env[name] for name in shared}
    )
    yield made
    made.stop()


async def test_what_is_said_through_either_release_is_heard_through_the_other(
    deployment: Deployment, older: Release, scene: Scene
) -> None:
    async with (
        Screen(older.url, scene.sessions["alice"], scene.room) as alice,
        Screen(deployment.two.url, scene.sessions["bob"], scene.room) as bob,
        Screen(deployment.one.url, scene.sessions["alice"], scene.room) as another,
    ):
        first = await alice.post("Of the release before")
        await bob.until(lambda: bob.messages() == [first], seconds=5)
        second = await bob.post("Of this release")
        await alice.until(lambda: alice.messages() == [first, second], seconds=5)
        # Delivery of the latest value: reading on one release updates the unread count of a page at the other.
        assert alice.socket is not None
        await alice.socket.send(json.dumps({"type": "read", "seq": 2}))
        read = {"type": "read", "room": scene.room, "seq": 2}
        await another.until(lambda: read in another.heard, seconds=5)


async def test_who_is_removed_through_either_release_hears_nothing_more_through_the_other(
    deployment: Deployment, older: Release, scene: Scene
) -> None:
    async with (
        Screen(older.url, scene.sessions["bob"], scene.room) as bob,
        Screen(deployment.two.url, scene.sessions["charlie"], scene.room) as charlie,
    ):
        for name in ("bob", "charlie"):
            server = deployment.one if name == "bob" else older
            async with Screen(server.url, scene.sessions["alice"], scene.room) as alice:
                path = f"/rooms/{scene.room}/members/{scene.members[name]}/remove/"
                assert (await alice.http.post(path)).is_success
        for out in (bob, charlie):
            await out.until(lambda out=out: {"type": "gone", "room": scene.room} in out.heard, seconds=5)
