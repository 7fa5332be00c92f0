"""The house's one direction: who may import whom (docs/architecture.md)."""

import ast
import re
from pathlib import Path

CHAT = Path(__file__).parent.parent / "chat"

# module (or package) of chat -> what of chat it may import
ALLOWED = {
    "clock": set(),
    "models": {"clock", "models"},
    "policies": {"models"},
    "errors": set(),
    "away": {"errors"},
    "figures": set(),
    "counts": {"figures"},
    "measuring": {"figures", "models"},
    "charts": set(),
    "lookalikes": set(),
    "markup": {"markup"},
    "sql": {"models"},
    "limits": {"clock", "counts", "errors"},
    "pictures": {"errors", "limits"},
    "signals": set(),
    "release": set(),
    "exporting": {"models"},
    "live/events": {"models"},
    "live/fragments": set(),
    "live/rendering": {"models", "live/events", "live/fragments"},
    "opening": {"models", "rendered", "sql"},
    "rendered": {"models", "live/fragments", "live/rendering"},
    "live/publishing": {"counts", "live/events", "live/rendering", "outage"},
    "live/standing": {"models", "sql"},
    "live/sockets": {"counts", "models", "live/frames", "live/rendering", "live/standing"},
    "live/listeners": {"counts", "live/frames", "live/rendering", "live/sampling", "live/sockets"},
    "live/sampling": {"counts", "live/notices", "live/sockets"},
    "live/gaps": {"counts"},
    "live/recording": {"actions", "clock", "counts", "live/forgetting", "live/lanes", "live/loops"},
    "live/forgetting": {"actions", "live/lanes", "live/publishing"},
    "live/audience": {
        "counts",
        "live/frames",
        "live/listeners",
        "live/notices",
        "live/sockets",
        "live/standing",
    },
    "live/ear": {"counts", "live/publishing", "live/rendering"},
    "live/frames": set(),
    "live/notices": {"errors", "live/frames"},
    "live/requests": {"limits"},
    "live/lanes": set(),
    "live/loops": set(),
    "live/gathering": {"actions", "away", "counts", "errors", "live/lanes", "live/loops", "live/publishing"},
    "live/hub": {
        "counts",
        "live/audience",
        "live/frames",
        "live/ear",
        "live/fragments",
        "live/gaps",
        "live/lanes",
        "live/listeners",
        "live/loops",
        "live/notices",
        "live/rendering",
        "live/sockets",
        "live/standing",
    },
    "live/consumer": {
        "actions",
        "away",
        "counts",
        "errors",
        "limits",
        "models",
        "live/frames",
        "live/gathering",
        "live/hub",
        "live/lanes",
        "live/notices",
        "live/rendering",
        "live/requests",
        "live/sampling",
        "live/sockets",
        "live/standing",
    },
    "actions": {
        "actions",
        "clock",
        "figures",
        "lookalikes",
        "models",
        "policies",
        "errors",
        "limits",
        "pictures",
        "signals",
        "sql",
        "markup",
        "live/events",
        "live/publishing",
    },
    "brought": {"models"},
    "mailing": {"models"},
    "catching_up": {"models", "live/rendering", "rendered"},
    "forms": {"actions", "errors", "models"},
    "views": {
        "views",
        "actions",
        "away",
        "clock",
        "counts",
        "models",
        "policies",
        "errors",
        "forms",
        "brought",
        "exporting",
        "limits",
        "mailing",
        "pictures",
        "catching_up",
        "opening",
        "release",
        "rendered",
        "sql",
        "live/fragments",
        "live/rendering",
        "live/standing",
    },
    "admin": {"admin", "actions", "charts", "clock", "errors", "figures", "measuring", "models", "policies"},
    "demo": {"demo", "models", "actions", "progress"},
    "management": {"demo", "progress"},
    "progress": set(),
    "outage": set(),
    "templatetags": {"clock", "models", "live/fragments"},
    "middleware": {"models"},
    "receivers": {"live/events", "live/publishing", "live/rendering"},
    "live/origin": set(),
    "routing": {"live/consumer", "live/origin"},
    "urls": {"views"},
    "apps": {"receivers"},
    "__init__": set(),
    "live/__init__": set(),
}


def _name(module: str) -> str:
    """``chat.live.hub.Hub`` -> ``live/hub``; ``chat.actions.messages`` -> ``actions``."""
    parts = module.split(".")[1:]
    return "/".join(parts[:2]) if parts[:1] == ["live"] else parts[0] if parts else ""


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(names if node.module in {"chat", "chat.live"} else [node.module])
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def _sources() -> list[tuple[str, Path]]:
    paths = (p for p in CHAT.rglob("*.py") if "migrations" not in p.parts)
    return [(_name(".".join(("chat", *p.relative_to(CHAT).with_suffix("").parts))), p) for p in paths]


def test_chat_knows_nothing_of_its_deployment() -> None:
    assert not [path for _, path in _sources() if any(m.split(".")[0] == "hypertalk" for m in _imports(path))]


def test_each_part_imports_only_what_lies_below_it() -> None:
    assert {part for part, _ in _sources()} == ALLOWED.keys()
    wrong = [
        f"{path.relative_to(CHAT)} imports {module}"
        for part, path in _sources()
        for module in _imports(path)
        if module.startswith("chat.") and _name(module) not in ALLOWED[part]
    ]
    assert not wrong, "\n".join(sorted(wrong))


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
    for part, path in _sources():
        if part in {"actions", "live/sockets", "management", "pictures"}:  # Pillow saves pictures, not rows
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in words:
                target = ast.unparse(called.value)
                if "objects" in target or (called.attr == "save" and target != "super()"):
                    wrong.append(f"{path.relative_to(CHAT)}: {target}.{called.attr}")
    assert not wrong, "\n".join(wrong)


def test_only_publishing_talks_to_the_groups_and_only_routing_knows_the_consumer() -> None:
    for part, path in _sources():
        text = path.read_text()
        assert part == "live/publishing" or ".group_send(" not in text, path
        assert part in {"routing", "live/consumer"} or "chat.live.consumer" not in _imports(path), path


def test_the_map_names_every_file_of_the_house_and_none_that_is_gone() -> None:
    root = CHAT.parent
    text = (root / "docs" / "architecture.md").read_text()
    told = set(re.findall(r"\w+\.(?:py|js)", text))
    parts = {
        path.name for folder in ("chat", "chat/live", "hypertalk") for path in (root / folder).glob("*.py")
    }
    assert parts - {"__init__.py"} <= told
    there = {
        path.name
        for folder in ("chat", "hypertalk", "static", "tests")
        for path in (root / folder).rglob("*.*")
    }
    assert told <= there
