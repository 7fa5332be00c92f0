"""The wheel of the chat: its content, and two people who talk in an empty Django project that installed it."""

import ast
import json
import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

import django_htmx
import pytest
from django.contrib import admin
from playwright.sync_api import Browser, Page, expect

from tests.browser.contexts import VIOLATIONS
from tests.browser.scene import close, live, send
from tests.support.embedded import ROOT, Project, build

TEMPLATES, STATIC = "chat/templates/", "chat/static/"
# Of the apps that the wheel requires.
THEIR_TEMPLATES = Path(admin.__file__).parent / "templates"
THEIR_STATIC = Path(django_htmx.__file__).parent / "static"
ARRANGE = """
from people.models import Account
for name in ("alice", "bob"):
    Account.objects.create_user(f"{name}@example.com", "talk-to-me")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def files(built: tuple[Path, Path]) -> dict[str, bytes]:
    """The content of the wheel."""
    with zipfile.ZipFile(built[0]) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


@pytest.fixture(scope="module")
def project(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("embedded"), built[0])


def test_the_chat_is_in_it_and_nothing_else(files: dict[str, bytes], built: tuple[Path, Path]) -> None:
    tops = {name.partition("/")[0] for name in files}
    assert {re.sub(r"-\d+\.\d+\.\d+", "", top) for top in tops} == {"chat", "hypertalk_chat.dist-info"}
    with tarfile.open(built[1]) as source:
        inside = {member.name.split("/", 1)[1]: member for member in source.getmembers() if member.isfile()}
        assert {name.partition("/")[0] for name in inside} == {
            ".gitignore",
            "PKG-INFO",
            "pyproject.toml",
            "chat",
            "docs",
            "templates",
            "static",
        }
        texts = {name: source.extractfile(member).read() for name, member in inside.items()}
    for name, content in [*files.items(), *texts.items()]:
        assert not re.search(r"(^|/)(tests?|hypertalk|__pycache__|\.env)(/|$)|test_", name), name
        assert str(ROOT).encode() not in content, name
        assert str(Path.home()).encode() not in content, name
        if name.endswith(".py"):
            assert not re.search(rb"^\s*(from|import) (hypertalk|tests)\b", content, re.MULTILINE), name
    # A wheel built from the source distribution has the same content.
    packed = {name.replace(TEMPLATES, "templates/").replace(f"{STATIC}chat/", "static/") for name in files}
    assert {name for name in packed if ".dist-info/" not in name} == {
        name for name in inside if name.startswith(("chat/", "templates/", "static/"))
    }


def test_every_template_and_static_file_that_is_named_is_in_it(files: dict[str, bytes]) -> None:
    templates, statics = set(), set()
    for name, content in files.items():
        if name.startswith(TEMPLATES):
            text = content.decode()
            templates |= set(re.findall(r"\w+(?:/\w+)+\.(?:html|txt)\b", text))
            statics |= set(re.findall(r"""{% static ['"]([^'"]+)""", text))
        elif name.endswith(".py"):
            words = {node.value for node in ast.walk(ast.parse(content)) if isinstance(node, ast.Constant)}
            words = {word for word in words if isinstance(word, str)}
            templates |= {word for word in words if re.fullmatch(r"\w+(/\w+)+\.(html|txt)", word)}
            statics |= {word for word in words if re.fullmatch(r"[\w/]+/[\w.-]+\.(js|css|svg|png)", word)}
        elif name.startswith(STATIC) and name.endswith(".js"):
            folder = PurePosixPath(name.removeprefix(STATIC)).parent
            for there in re.findall(r"""(?:from|import) "(\.[^"]+)";""", content.decode()):
                statics.add(str(PurePosixPath(*_plain([*folder.parts, *there.split("/")]))))
    assert len(templates) > 80
    assert len(statics) > 70
    assert not [t for t in templates if f"{TEMPLATES}{t}" not in files and not (THEIR_TEMPLATES / t).exists()]
    assert not [s for s in statics if f"{STATIC}{s}" not in files and not (THEIR_STATIC / s).exists()]


def _plain(parts: list[str]) -> list[str]:
    """Without ``.`` and ``..``."""
    found: list[str] = []
    for part in parts:
        if part == "..":
            found.pop()
        elif part != ".":
            found.append(part)
    return found


def test_it_asks_for_what_it_imports_as_the_deployment_does(files: dict[str, bytes]) -> None:
    imported = set()
    for name, content in files.items():
        for node in ast.walk(ast.parse(content)) if name.endswith(".py") else ():
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    imported -= {"chat", *sys.stdlib_module_names}
    known = packages_distributions()
    needed = {known[module][0].lower() for module in imported}
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    # Django installs asgiref; markdown-it requires linkify-it itself.
    assert {re.match(r"[\w-]+", line)[0] for line in asked} == needed - {"asgiref"} | {"linkify-it-py"}
    assert set(asked) <= set((ROOT / "requirements" / "base.in").read_text().splitlines())


def test_it_is_installed_whole_and_draws_every_page(project: Project) -> None:
    came_from = project.run("-c", "import chat; print(chat.__file__)").strip()
    assert came_from.startswith(str(project.folder.parent / "venv"))
    with pytest.raises(RuntimeError, match="No module named 'hypertalk'"):
        project.run("-c", "import hypertalk")
    assert "no issues" in project.run("manage.py", "check")
    assert "No changes" in project.run("manage.py", "makemigrations", "--check", "--dry-run")
    told = json.loads(project.run("every_page.py").partition("TOLD")[2])
    # Addresses that accept only POST, redirect, need a parameter, or don't apply to this person.
    other = {name: status for name, status in told.items() if status not in {200, 302, 405}}
    assert other == {
        "messages": 422,
        "changes": 422,
        "report_message": 403,
        "decline_invitation": 404,
        "invitation over": 410,
    }
    assert [name for name, status in told.items() if name.startswith("admin") and status != 200] == []
    assert len([status for status in told.values() if status == 200]) > 30


def test_its_static_files_can_have_hashed_names(project: Project) -> None:
    hashed = {"DJANGO_SETTINGS_MODULE": "hashed"}
    project.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0", **hashed)
    asked = "import django; django.setup(); from chat.pwa.release import files; print(*files(), sep='\\n')"
    names = project.run("-c", asked, **hashed).split()
    assert len(names) > 70
    assert all(re.fullmatch(r"/static/(chat|django_htmx)/.*\.[0-9a-f]{12}\.\w+", name) for name in names)


class Screens:
    """Pages of people, and all errors on them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self.pages: list[Page] = []

    def sign_in(self, name: str, path: str) -> Page:
        """Open the page as a person who is asked to sign in."""
        page = self.browser.new_context(locale="en-GB").new_page()
        self.pages.append(page)
        page.add_init_script(VIOLATIONS)
        # The sign-in page is the admin's, which names no icon.
        page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        page.on(
            "console", lambda said: self._note(name, said.text) if said.type in {"error", "warning"} else 0
        )
        page.on("pageerror", lambda error: self._note(name, str(error)))
        page.on("response", lambda answer: self._answered(name, answer.url, answer.status))
        page.goto(self.url + path)
        page.fill("#id_username", f"{name}@example.com")
        page.fill("#id_password", "talk-to-me")
        page.press("#id_password", "Enter")
        page.wait_for_url(self.url + path)
        return page

    def _note(self, name: str, text: str) -> None:
        self.complaints.append(f"{name}: {text}")

    def _answered(self, name: str, url: str, status: int) -> None:
        self.asked.add(url.removeprefix(self.url))
        if status >= 400:
            self._note(name, f"{url} answered {status}")


@pytest.fixture
def screens(project: Project, browser: Browser) -> Iterator[Screens]:
    project.run("manage.py", "shell", "-v", "0", "-c", ARRANGE)
    found = Screens(browser, project.start())
    # A development server searches for each of seventy scripts again, for each page.
    expect.set_options(timeout=20_000)
    yield found
    expect.set_options(timeout=5_000)
    for page in found.pages:
        close(page)
    project.stop()


def test_two_people_talk_in_somebody_elses_project(screens: Screens, project: Project) -> None:
    alice = screens.sign_in("alice", "/chat/rooms/new/")
    alice.get_by_label("Name", exact=True).fill("harbour")
    alice.get_by_label("Open", exact=False).check()
    alice.get_by_role("button", name="Create", exact=False).click()
    live(alice)
    room = alice.url.removeprefix(screens.url)
    bob = screens.sign_in("bob", room)
    bob.get_by_role("button", name="Join", exact=False).click()
    live(bob)

    send(alice, "Over the **socket**")
    for page in (alice, bob):
        expect(page.locator(".message[data-seq='1'] strong")).to_have_text("socket")
    alice.press("#body", "ArrowUp")
    alice.locator("form[data-edit] textarea").fill("Edited")
    alice.locator("form[data-edit] textarea").press("Enter")
    expect(bob.locator(".message[data-seq='1'][data-edited]")).to_contain_text("Edited")
    send(bob, "And back")
    expect(alice.locator(".message[data-seq='2']")).to_contain_text("And back")
    expect(alice.locator(".message[data-seq='2'] .message__name")).to_have_text("bob")

    alice.goto(f"{screens.url}/chat/profile/")
    live(alice)
    assert not screens.complaints
    # This project has no such page.
    expect(alice.get_by_role("link", name="Delete account")).to_have_count(0)
    alice.get_by_role("button", name="Sign out").click()
    expect(alice).to_have_url(re.compile(r"/login/"))

    assert {path.split("?")[0] for path in screens.asked} >= {
        "/static/chat/js/app/main.js",
        "/static/chat/css/core/tokens.css",
        "/static/django_htmx/htmx-2.min.js",
    }
    assert alice.request.get(f"{screens.url}/static/chat/icons/icon.svg").ok  # not every Chromium asks for it
    log = project.log.read_text()
    assert "Traceback" not in log, log
