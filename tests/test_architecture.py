"""Package boundaries (docs/architecture.md): every arrow between packages is listed, and there are no cycles."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("chat", "hypertalk")

# A package (or a module that lies beside the packages) -> what it may import of ours.
ARROWS = {
    "chat.errors": "",
    "chat.signals": "",
    "chat.account_pages": "",
    "chat.branding": "",
    "chat.days": "",
    "chat.progress": "",
    "chat.runtime": "",
    "chat.db": "errors",
    "chat.models": "db text",
    "chat.monitoring": "models",
    "chat.policies": "models",
    "chat.text": "errors",
    "chat.limits": "db errors monitoring",
    "chat.media": "errors limits",
    "chat.events": "models monitoring",
    "chat.actions": "db errors events limits media models monitoring policies privacy signals text",
    "chat.queries": "db events models",
    "chat.invitations": "branding db models",
    "chat.privacy": "events models",
    "chat.pwa": "account_pages branding",
    "chat.jobs": "actions db events invitations models monitoring runtime",
    "chat.live": "actions db errors events limits models monitoring runtime",
    "chat.forms": "actions errors models",
    "chat.views": "actions days db errors events forms invitations jobs limits live media models monitoring policies privacy"
    " pwa queries signals",
    "chat.admin": "actions db errors models monitoring policies",
    "chat.demo": "actions models progress",
    "chat.management": "demo progress",
    "chat.middleware": "models",
    "chat.templatetags": "account_pages branding days db events media models",
    "chat.receivers": "events",
    "chat.routing": "live",
    "chat.urls": "features pwa views",
    "chat.drafts": "actions db demo live models queries signals templatetags views",
    "chat.unfinished_edits": "templatetags",
    "chat.features": "",
    "chat.checks": "account_pages",
    "chat.apps": "checks features receivers",
    "chat": "",
    "hypertalk": "",
    "hypertalk.env": "",
    "hypertalk.lean": "",
    "hypertalk.static": "hypertalk.lean",
    "hypertalk.apps": "limits hypertalk.env",
    "hypertalk.database": "hypertalk.env",
    "hypertalk.settings": "hypertalk.accounts hypertalk.database hypertalk.env hypertalk.logs",
    "hypertalk.urls": "hypertalk.accounts",
    "hypertalk.asgi": "routing hypertalk.logs hypertalk.server",
    "hypertalk.caching": "monitoring",
    "hypertalk.probes": "monitoring hypertalk",
    "hypertalk.logs": "hypertalk.env hypertalk.probes",
    "hypertalk.jobs": "admin db jobs monitoring hypertalk.logs",
    "hypertalk.server": "events jobs monitoring hypertalk.env hypertalk.jobs hypertalk.logs hypertalk.probes",
    "hypertalk.accounts": "actions branding db errors invitations jobs media models privacy signals text views"
    " hypertalk.caching hypertalk.env",
    "hypertalk.backups": "actions db progress text hypertalk hypertalk.caching",
    "hypertalk.doctor": "db events live monitoring hypertalk.env hypertalk.jobs hypertalk.logs hypertalk.probes"
    " hypertalk.server hypertalk.static",
    "hypertalk.management": "progress hypertalk.backups hypertalk.doctor hypertalk.jobs hypertalk.server",
}


# The same for the folders of static/js/.
SCRIPT_ARROWS = {
    "core": "",
    "accounts": "core",
    "sidebar": "core",
    "composer": "core sidebar",
    "room": "composer core sidebar",
    "app": "composer core room sidebar",
}
SCRIPTS = ROOT / "static" / "js"
_SCRIPT_IMPORT = re.compile(
    r'(?:^import |^(?:import|export)\b[^;"]*\bfrom |\bimport\()"(\.[^"]+)"', re.MULTILINE
)


def _modules() -> dict[str, Path]:
    found = {}
    for path in chain(*((ROOT / package).rglob("*.py") for package in OURS)):
        if "migrations" not in path.parts:
            found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


MODULES = _modules()


def _imports(path: Path) -> Iterator[str]:
    """Whatever is named in an import, wherever it stands: a function may hide a circle, and does not undo it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _package(module: str) -> str:
    """``chat.live.hub`` -> ``chat.live``."""
    return ".".join(module.split(".")[:2])


def _circles(arrows: dict[str, set[str]]) -> set[str]:
    """What is left when whatever imports nothing, or is imported by nothing, is taken away again and again."""
    left = dict(arrows)
    while True:
        inner = {name for name, to in left.items() if to & left.keys()}
        inner &= set().union(*(to for name, to in left.items())) if left else set()
        if inner == left.keys():
            return inner
        left = {name: left[name] for name in inner}


def _of_modules() -> dict[str, set[str]]:
    return {
        name: {other for other in _imports(path) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }


def test_chat_knows_nothing_of_its_deployment() -> None:
    wrong = {
        name: set(to)
        for name, to in _of_modules().items()
        if name.startswith("chat") and any(other.startswith("hypertalk") for other in to)
    }
    assert not wrong


def test_every_arrow_between_packages_is_listed_and_each_of_these_is_there() -> None:
    there: dict[str, set[str]] = {}
    for name, to in _of_modules().items():
        arrows = there.setdefault(_package(name), set())
        arrows |= {_package(other) for other in to} - {_package(name)}
    listed = {
        package: {name if name.startswith("hypertalk") else f"chat.{name}" for name in names.split()}
        for package, names in ARROWS.items()
    }
    assert there == listed


def test_no_packages_go_round_in_circles() -> None:
    packages: dict[str, set[str]] = {}
    for name, to in _of_modules().items():
        packages.setdefault(_package(name), set()).update(
            {_package(other) for other in to} - {_package(name)}
        )
    assert not _circles(packages)


def test_no_modules_go_round_in_circles() -> None:
    assert not _circles(_of_modules())


def _of_scripts() -> dict[str, set[str]]:
    """Each script by its path below static/js/, and what it imports."""
    found: dict[str, set[str]] = {}
    for path in SCRIPTS.rglob("*.js"):
        imported = {(path.parent / name).resolve() for name in _SCRIPT_IMPORT.findall(path.read_text())}
        assert all(other.exists() for other in imported), path
        found[str(path.relative_to(SCRIPTS))] = {str(other.relative_to(SCRIPTS)) for other in imported}
    return found


def test_every_arrow_between_folders_of_scripts_is_listed_and_none_leads_back() -> None:
    folders: dict[str, set[str]] = {}
    for name, to in _of_scripts().items():
        folder = name.partition("/")[0]
        folders.setdefault(folder, set()).update({other.partition("/")[0] for other in to} - {folder})
    assert folders == {folder: set(names.split()) for folder, names in SCRIPT_ARROWS.items()}
    assert not _circles(folders)


def test_no_scripts_go_round_in_circles() -> None:
    assert not _circles(_of_scripts())


def test_only_actions_write() -> None:
    words = {
        "save",
        "delete",
        "create",
        "update",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    wrong = []
    for name, path in MODULES.items():
        package = _package(name)
        if package.startswith("hypertalk") or package in {"chat.actions", "chat.management"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in words:
                target = ast.unparse(called.value)
                # Pillow saves pictures, not rows.
                saves = called.attr == "save" and target != "super()" and package != "chat.media"
                if "objects" in target or saves:
                    wrong.append(f"{name}: {target}.{called.attr}")
    assert not wrong, "\n".join(wrong)


def test_only_publishing_talks_to_the_groups_and_only_routing_knows_the_consumer() -> None:
    for name, path in MODULES.items():
        assert name == "chat.events.publishing" or ".group_send(" not in path.read_text(), name
        assert name == "chat.routing" or "chat.live.consumer" not in set(_imports(path)), name


def test_the_map_names_every_package_and_no_file_that_is_gone() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    told = set(re.findall(r"\b[\w-]+\.(?:py|js)\b", text))
    there = {path.name for folder in (*OURS, "static", "tests") for path in (ROOT / folder).rglob("*.*")}
    assert told <= there, told - there
    for package in OURS:
        for folder in (ROOT / package).iterdir():
            if (folder / "__init__.py").exists() and folder.name != "migrations":
                assert f"{folder.name}/" in text, folder


def test_few_files_outside_its_own_mention_the_drafts() -> None:
    """CONTRIBUTING.md takes this feature as the example. A file of its own has "draft" in its name."""
    allowed = {
        "chat/features.py",
        "chat/models/__init__.py",
        "static/js/app/features.js",
        "static/js/core/store.js",  # its table is older than tables of features
    }
    another = {"chat/media/pictures.py"}  # Pillow's image.draft
    mentions = {
        str(path.relative_to(ROOT))
        for path in chain(*((ROOT / folder).rglob("*.*") for folder in (*OURS, "static", "templates")))
        if path.suffix in {".py", ".js", ".css", ".html", ".txt", ".svg", ".json"}
        and "migrations" not in path.parts
        and "draft" not in path.name
        and "draft" in path.read_text().lower()
    }
    assert mentions - another == allowed
