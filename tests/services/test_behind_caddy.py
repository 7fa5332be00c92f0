"""deploy/Caddyfile in front of two real Daphnes, with TLS: pages, sockets, size limits, and one process that stops."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.services.conftest import Deployment
from tests.services.test_doctor import Doctor
from tests.support.arranging import Scene
from tests.support.screen import Screen
from tests.support.services import Daphne, free_port, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
CADDY = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy")

pytestmark = pytest.mark.skipif(CADDY is None, reason="there is no Caddy here")


@dataclass
class Front:
    url: str
    mistaken: str
    one: Daphne
    two: Daphne
    log: Path


# A second, wrongly configured workspace on the same machine.
MISTAKEN = """
https://localhost:{port} {{
	request_body {{
		max_size 100KB
	}}
	reverse_proxy 127.0.0.1:{daphne} {{
		header_up -X-Forwarded-Proto
	}}
}}
"""


def rehearsed(text: str, ports: tuple[int, int], plain: int, wrong: int) -> str:
    """The Caddyfile with replacements for a name server that knows both Daphnes and for a public name."""
    daphnes = " ".join(f"127.0.0.1:{port}" for port in ports)
    text, upstreams = re.subn(
        r"dynamic a \{\$UPSTREAM:web\} 8000 \{.*?\n\t\t\}", f"to {daphnes}", text, flags=re.DOTALL
    )
    own = f"\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port {plain}\n"
    text, heads = re.subn(r"^\{\n", "{\n" + own, text, count=1, flags=re.MULTILINE)
    assert (upstreams, heads) == (1, 1)
    return text + MISTAKEN.format(port=wrong, daphne=ports[0])


@pytest.fixture(scope="module")
def front(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("caddy")
    env = {
        "DATABASE_URL": deployment.url,
        "REDIS_URL": deployment.redis.url,
        "HTTPS_ONLY": "1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "CONNECT_LIMIT": "100000/1s",
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "json",
    }
    one, two = (Daphne(folder, **env) for _ in range(2))
    port, wrong = free_port(), free_port()
    file, log = folder / "Caddyfile", folder / "caddy.log"
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text()
    file.write_text(rehearsed(caddyfile, (one.port, two.port), free_port(), wrong))
    home = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with log.open("wb") as written:
        caddy = subprocess.Popen(
            [str(CADDY), "run", "--config", file, "--adapter", "caddyfile"],
            env={**home, "DOMAIN": f"https://localhost:{port}"},
            stdout=written,
            stderr=written,
        )
    wait_for(port, caddy)
    root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    deadline = time.monotonic() + 10
    while not root.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(root))
        yield Front(f"https://localhost:{port}", f"https://localhost:{wrong}", one, two, log)
    for part in (one, two):
        part.stop()
    caddy.terminate()
    caddy.wait(10)


def sitting(front: Front, scene: Scene, name: str) -> Screen:
    screen = Screen(front.url, scene.sessions[name], scene.room)
    screen.http.headers["Origin"] = front.url  # as browsers send it
    return screen


def test_doctor_finds_nothing_wrong_on_the_way(front: Front, deployment: Deployment, tmp_path: Path) -> None:
    doctor = Doctor(
        tmp_path,
        DATABASE_URL=deployment.url,
        REDIS_URL=deployment.redis.url,
        SSL_CERT_FILE=os.environ["SSL_CERT_FILE"],
    )
    _, findings = doctor.ask("--url", front.url)
    through = {each["name"]: each["level"] for each in findings if each["name"].startswith("proxy")}
    assert through == dict.fromkeys(("proxy.reachable", "proxy.scheme", "proxy.socket", "proxy.bodies"), "ok")
    mistaken = doctor.finds("--url", front.mistaken)
    assert "redirects to itself" in mistaken["proxy.scheme"][1]
    assert "refuses request bodies under 1 MB" in mistaken["proxy.bodies"][1]
    assert "proxy.socket" not in mistaken
    untrusted = doctor.finds("--url", front.url, SSL_CERT_FILE="/dev/null")
    assert "certificate of localhost is not valid" in untrusted["proxy.reachable"][1]


async def test_people_talk_through_it_and_stay_while_a_process_goes(
    front: Front, deployment: Deployment, scene: Scene
) -> None:
    async with sitting(front, scene, "alice") as alice, sitting(front, scene, "bob") as bob:
        first = await alice.post("Through the proxy")
        await bob.until(lambda: first in bob.messages())
        front.one.stop()
        second = await alice.post("One of them is gone")
        await bob.until(lambda: second in bob.messages())
        front.one.start()
    async with sitting(front, scene, "bob") as bob:
        await bob.catch_up()
        await bob.until(lambda: {first, second} <= set(bob.messages()))


async def test_workers_are_counted(
    front: Front, deployment: Deployment, scene: Scene, tmp_path: Path
) -> None:
    doctor = Doctor(tmp_path, DATABASE_URL=deployment.url, REDIS_URL=deployment.redis.url)
    async with sitting(front, scene, "alice"):
        _, findings = await asyncio.to_thread(doctor.ask)
    (told,) = [each for each in findings if each["name"] == "workers.listening"]
    assert told["level"] == "ok"


async def test_what_it_passes_on(front: Front) -> None:
    """The client's address and scheme, and an id for each request; no values that a client made up."""
    async with httpx.AsyncClient(base_url=front.url) as client:
        claims = {
            "X-Request-ID": "chosen-by-a-stranger",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-Proto": "http",
        }
        answer = await client.get("/accounts/login/?next=/marmalade/", headers=claims)
    assert answer.status_code == 200
    assert "secure" in answer.headers["set-cookie"].lower()
    request = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", request)
    log = front.one.log.read_text() + front.two.log.read_text()
    assert request in log
    assert "6.6.6.6" not in log
    assert "marmalade" not in log


async def test_its_own_log_keeps_addresses_to_itself(front: Front) -> None:
    """Caddy logs a line if no process answers."""
    front.one.kill()
    front.two.kill()
    try:
        async with httpx.AsyncClient(base_url=front.url, timeout=30) as client:
            answer = await client.get(
                "/invitations/marmalade:7731/", headers={"Cookie": "sessionid=marmalade"}
            )
        assert answer.status_code in {502, 503}
    finally:
        front.one.start()
        front.two.start()
    log = front.log.read_text()
    assert f'"status":{answer.status_code}' in log
    assert "marmalade" not in log
