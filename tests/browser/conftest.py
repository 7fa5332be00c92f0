"""A real Daphne on SQLite with the demo data, and a real Chromium. These tests never touch the database directly."""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.contexts import Contexts
from tests.browser.scene import ARRANGE, Scene
from tests.support.once import made_once
from tests.support.services import Daphne, chromium, manage

ROOT = Path(__file__).parent.parent.parent
EMPTY = "empty.sqlite3"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release's static files, a database with the demo data and one without: ``environment`` says where."""

    def make(folder: Path) -> None:
        (folder / "to").mkdir()
        (folder / "from").symlink_to(ROOT / "static")
        env = {**os.environ, **environment(folder), "DEBUG": "1"}
        for command in ("collectstatic --no-input", "migrate", "demo"):
            manage(env, *command.split(), "--verbosity", "0")
            if command == "migrate":
                shutil.copy(folder / "db.sqlite3", folder / EMPTY)

    return made_once(tmp_path_factory, "workspace", make)


def environment(folder: Path, database: Path | None = None) -> dict[str, str]:
    """As in production, except for TLS and the quick password hasher."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.released.settings",
        "RELEASE": str(folder),
        "DATABASE_URL": f"sqlite:///{database or folder / 'db.sqlite3'}",
        "POST_LIMIT": "1000/1s",
        "METRICS_TOKEN": "m" * 40,
    }


@pytest.fixture(scope="session")
def server(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daphne]:
    folder = tmp_path_factory.mktemp("browser")
    database = folder / "db.sqlite3"
    shutil.copy(workspace / "db.sqlite3", database)
    daphne = Daphne(folder, **environment(workspace, database))
    yield daphne
    daphne.stop()


@pytest.fixture(scope="module")
def with_modules(server: Daphne, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daphne]:
    """A server of the same workspace whose pages import each script from its own file, as while one writes."""
    folder = tmp_path_factory.mktemp("modules")
    daphne = Daphne(folder, **{**server.env, "DJANGO_SETTINGS_MODULE": "tests.settings"})
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
