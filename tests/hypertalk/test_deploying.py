"""The files of a deployment: linted, and consistent with the settings, with each other and with docs/deploying.md."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from hypertalk.jobs.runner import PATIENCE as JOB_PATIENCE
from hypertalk.jobs.runner import RECORD_SECONDS
from hypertalk.server.edge import BODY_LIMIT
from hypertalk.server.server import GOODBYE_SECONDS, PATIENCE
from tests.support.dockerfile import Ignore, stages

GOODBYE = (
    GOODBYE_SECONDS + PATIENCE + JOB_PATIENCE + RECORD_SECONDS
)  # at most: requests and jobs are awaited together
ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "deploying.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
BIN = Path(sys.executable).parent


def program(name: str) -> str:
    """From the environment of the tests, which installs Caddy and hadolint, or the machine's."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here")
    return found


def blocks() -> list[str]:
    return re.findall(r"^```\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


# The image


def test_the_dockerfile_is_linted() -> None:
    done = subprocess.run(
        [program("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_two_stages_and_runs_as_nobody_with_no_secret() -> None:
    build, last = stages(ROOT / "Dockerfile")
    assert build.base == last.base
    assert "slim" in last.base
    (user,) = last.all("USER")
    assert user == "10001"
    assert f"--uid {user}" in last.all("RUN")[0]
    assert not {"SECRET_KEY", "ALLOWED_HOSTS"} & (last.env().keys() | build.env().keys())
    assert build.all("ARG") == last.all("ARG") == []
    assert last.all("EXPOSE") == ["8000"]
    assert last.command("CMD")[-1] == "8000"
    assert "--require-hashes" in " ".join(build.all("RUN"))


def test_the_build_sees_what_it_needs_and_nothing_else() -> None:
    ignore = Ignore(ROOT / ".dockerignore")
    for inside in (
        "manage.py",
        "hypertalk/settings.py",
        "chat/models/room.py",
        "static/css/app/page.css",
        "requirements/base.txt",
    ):
        assert not ignore.leaves_out(inside), inside
    for outside in (
        ".env",
        "var/db.sqlite3",
        "tests/settings.py",
        ".git/config",
        "requirements/dev.txt",
        "backups/x",
        "chat/__pycache__/urls.cpython-313.pyc",
    ):
        assert ignore.leaves_out(outside), outside


# Compose


def test_every_variable_of_compose_is_in_the_guide_and_made_or_optional(compose: dict[str, Any]) -> None:
    text = (ROOT / "compose.yaml").read_text()
    made = subprocess.run(
        ["sh", "deploy/secrets.sh", "talk.example.com"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    env = dict(line.split("=", 1) for line in made.stdout.splitlines() if line[:1].isalpha())
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == env.keys()
    for name in set(re.findall(r"\$\{(\w+)", text)):
        assert f"`{name}`" in GUIDE, name
    assert len(env["SECRET_KEY"]) >= 50
    assert all(
        re.fullmatch(r"[\w.-]{20,}", value) for name, value in env.items() if name != "DOMAIN"
    )  # safe in a URL
    again = subprocess.run(
        ["sh", "deploy/secrets.sh", "a"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert env["SECRET_KEY"] not in again


def test_every_setting_of_compose_and_of_the_service_exists(compose: dict[str, Any]) -> None:
    service = re.findall(
        r"^#?([A-Z_]+)=", (ROOT / "deploy" / "hypertalk.env").read_text(), flags=re.MULTILINE
    )
    for name in (*compose["services"]["web"]["environment"], *service):
        assert f"`{name}`" in SETTINGS, name


def test_each_part_is_closed_in(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in ("web", "worker", "migrate", "backup"):
        assert services[name]["read_only"], name
        assert services[name]["cap_drop"] == ["ALL"], name
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["back"]["internal"] is True
    assert {name for name, service in services.items() if "front" in service["networks"]} == {
        "web",
        "worker",
        "migrate",
        "backup",
        "proxy",
    }
    subnet = compose["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == subnet
    assert services["web"]["deploy"]["replicas"] == 2
    assert int(services["web"]["stop_grace_period"].removesuffix("s")) > GOODBYE
    known = get_commands()
    for name in ("migrate", "worker", "backup"):
        assert services[name]["command"][2] in {*known, "backup"}
    assert services["worker"]["environment"]["JOBS"] == "workers"
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) > JOB_PATIENCE + RECORD_SECONDS


# The proxy


def test_the_caddyfile_is_valid_and_agrees_with_the_server(tmp_path: Path) -> None:
    file = ROOT / "deploy" / "Caddyfile"
    text = file.read_text()
    caddy = program("caddy")
    done = subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", str(file)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DOMAIN": "talk.example.com"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr
    assert (
        subprocess.run([caddy, "fmt", "--diff", str(file)], capture_output=True, check=False).returncode == 0
    )
    (mebibytes,) = re.findall(r"max_size (\d+)MiB", text)
    assert int(mebibytes) * 1024 * 1024 == BODY_LIMIT
    (wait,) = re.findall(r"response_header_timeout (\d+)s", text)
    assert int(wait) > 30  # the longest statement timeout
    assert re.search(r"stream_timeout 24h", text)
    (port,) = re.findall(r"UPSTREAM:web\} (\d+)", text)
    assert port == stages(ROOT / "Dockerfile")[1].all("EXPOSE")[0]


# systemd


@pytest.mark.parametrize("unit", sorted(path.name for path in (ROOT / "deploy").glob("hypertalk*.[st][ei]*")))
def test_units_are_valid(unit: str, tmp_path: Path) -> None:
    analyze = program("systemd-analyze")
    for path in (ROOT / "deploy").glob("hypertalk*.[st][ei]*"):
        (tmp_path / path.name).write_text(
            path.read_text().replace("/opt/hypertalk/.venv/bin/python", sys.executable)
        )
    done = subprocess.run([analyze, "verify", tmp_path / unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "least"), [("hypertalk", GOODBYE), ("hypertalk-worker", JOB_PATIENCE + RECORD_SECONDS)]
)
def test_the_services_are_hardened_and_write_where_their_settings_say(name: str, least: float) -> None:
    unit = (ROOT / "deploy" / f"{name}.service").read_text()
    said = dict(re.findall(r"^(\w+)=(.*)$", unit, flags=re.MULTILINE))
    env = (ROOT / "deploy" / "hypertalk.env").read_text()
    assert f"/var/lib/{said['StateDirectory']}/" in env
    assert said["EnvironmentFile"] in (ROOT / "deploy" / "hypertalk.sh").read_text()
    assert int(said["TimeoutStopSec"]) > least
    assert (said["User"], said["ProtectSystem"], said["NoNewPrivileges"]) == ("hypertalk", "strict", "true")
    done = subprocess.run(
        [
            program("systemd-analyze"),
            "security",
            "--offline=true",
            "--threshold=20",
            ROOT / "deploy" / f"{name}.service",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:]


# The guide


def test_every_command_of_the_guide_exists() -> None:
    known = {*get_commands(), "backup", "restore"}
    called = re.findall(r"manage\.py (\w+)", GUIDE)
    called += re.findall(r"^hypertalk (\w+)|`hypertalk (\w+)", GUIDE, flags=re.MULTILINE)
    names = {name for found in called for name in ([found] if isinstance(found, str) else found) if name}
    assert {"doctor", "migrate", "backup", "restore", "collectstatic"} <= names
    assert names <= known


def test_every_file_of_the_guide_exists_and_every_unit_is_in_it(compose: dict[str, Any]) -> None:
    for name in re.findall(r"\b(?:deploy|requirements)/[\w.-]+\w", GUIDE):
        assert (ROOT / name).exists(), name
    for path in (ROOT / "deploy").iterdir():
        assert path.name in GUIDE, path.name
    for line in "".join(blocks()).splitlines():
        for service in re.findall(r"docker compose (?:exec|run|stop)(?: -{1,2}\w+)* (\w+)", line):
            assert service in compose["services"], line


def test_the_shell_of_the_guide_and_of_its_scripts_can_be_read() -> None:
    """Only its syntax: it is meant to run as root on a server."""
    for script in (*(path.read_text() for path in (ROOT / "deploy").glob("*.sh")), *blocks()):
        done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), script


def test_the_caddyfile_of_one_machine_is_made_as_the_guide_says(tmp_path: Path) -> None:
    (line,) = [line for block in blocks() for line in block.splitlines() if line.startswith("sed ")]
    made = subprocess.run(
        ["sh", "-euc", line.partition(" > ")[0]], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "{$" not in made
    assert "dynamic a localhost 8000" in made
    assert "\ntalk.example.com {" in made
