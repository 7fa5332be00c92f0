"""A real Daphne on SQLite with the demo data, and a real Chromium. These tests never touch the database directly."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.contexts import Contexts
from tests.browser.scene import ARRANGE, Scene
from tests.support.services import Daphne, chromium


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daphne]:
    folder = tmp_path_factory.mktemp("browser")
    # As in production, except for TLS and the quick password hasher; only the demo must be told that this is a test.
    daphne = Daphne(
        folder,
        DATABASE_URL=f"sqlite:///{folder / 'db.sqlite3'}",
        POST_LIMIT="1000/1s",
        METRICS_TOKEN="m" * 40,
    )
    daphne.manage("migrate", "--verbosity", "0")
    daphne.manage("demo", DEBUG="1")
    yield daphne
    daphne.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    return Contexts(browser)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder for screenshots; people look at them, nothing compares them."""
    folder = Path("var/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def arrange(server: Daphne, browser: Browser, contexts: Contexts) -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(extra: str = "") -> Scene:
        name = f"t-{uuid.uuid4().hex[:8]}"
        code = ARRANGE.replace("NAME", repr(name)).replace("EXTRA", extra)
        out = server.elsewhere(code)
        scene = Scene(server, browser, contexts, name, **json.loads(out.partition("ARRANGED")[2]))
        made.append(scene)
        return scene

    yield make
    for scene in made:
        scene.end()
