"""``make audit``: what it says of known vulnerabilities, and that it never says "none" when nobody could be asked."""

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "audit.py"
FAULT = {"id": "CVE-2019-10906", "fix_versions": ["2.10.1"]}
OLD = [{"name": "jinja2", "version": "2.10", "vulns": [FAULT]}]


def answering(*, of_old: Any, of_pins: Any, installed: int = 0) -> Any:
    """An auditor that answers so: of the release whose faults are known, and of our pins. None: no answer."""

    def run(command: list[str], **_: Any) -> Any:
        if "pip_audit" not in command:
            return subprocess.CompletedProcess(command, installed)
        found = of_old if "known.txt" in " ".join(command) else of_pins
        text = "cannot reach it" if found is None else json.dumps({"dependencies": found, "fixes": []})
        return subprocess.CompletedProcess(command, 1, stdout=text)

    return run


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(TOOL.parents[1])
    module.FOLDER = tmp_path
    return module


CLEAN = [{"name": "django", "version": "6.1.3", "vulns": []}]
BAD = [*CLEAN, {"name": "pillow", "version": "12.0.0", "vulns": [{"id": "CVE-1", "fix_versions": []}]}]
SKIPPED = [*CLEAN, {"name": "pillow", "skip_reason": "not found"}]


@pytest.mark.parametrize(
    ("answers", "code", "sentence"),
    [
        ({"of_old": OLD, "of_pins": CLEAN}, 0, "No known vulnerability."),
        ({"of_old": OLD, "of_pins": BAD}, 1, "pillow 12.0.0: CVE-1, fixed in no release yet"),
        (
            {"of_old": OLD, "of_pins": SKIPPED},
            2,
            "not everything of requirements/base.txt could be looked up",
        ),
        ({"of_old": OLD, "of_pins": None}, 2, "Nothing was audited"),
        ({"of_old": [{**OLD[0], "vulns": []}], "of_pins": CLEAN}, 2, "could not be reached"),
        ({"of_old": None, "of_pins": CLEAN}, 2, "could not be reached"),
        ({"of_old": OLD, "of_pins": CLEAN, "installed": 2}, 2, "pip-audit could not be installed"),
    ],
)
def test_an_audit_says_what_is_known_or_that_nothing_is(
    audit: ModuleType, answers: dict[str, Any], code: int, sentence: str, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(subprocess, "run", answering(**answers))
    assert audit.main() == code
    assert sentence in "".join(capsys.readouterr())


def test_no_file_of_pins_names_an_index_to_install_from() -> None:
    for file in (TOOL.parents[1] / "requirements").iterdir():
        assert "://" not in file.read_text(), file
