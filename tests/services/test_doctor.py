"""``manage.py doctor`` with real services, each broken in one way: what it reports, and that it never crashes."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.services.conftest import Deployment
from tests.support.commands import run_command
from tests.support.faults import listening, mail_server, proxy, without_upgrade
from tests.support.services import Daphne, free_port
from tests.support.somebody import SOMEBODY, can_be_somebody

ROOT = Path(__file__).resolve().parent.parent.parent
WELL = {
    "DJANGO_SETTINGS_MODULE": "hypertalk.settings",
    "SECRET_KEY": "9mZqk2vXw7LrT4bNcY8sUe1hGfJ3dPaR6oWiQx5z",
    "ALLOWED_HOSTS": "localhost,talk.example.com",
    "TRUSTED_PROXIES": "127.0.0.1",
    "LC_ALL": "C.UTF-8",
    "LOG_LEVEL": "INFO",
}


class Doctor:
    """Runs the command in its own process. ``finds`` maps the names of findings that are not ok to sentences."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.env = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
            **WELL,
            **env,
        }

    def ask(
        self, *arguments: str, before: tuple[str, ...] = (), **env: str
    ) -> tuple[int, list[dict[str, str]]]:
        command, env = ("doctor", "--json", *arguments), {**self.env, **env}
        if before:
            done = subprocess.run(
                [*before, sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        else:
            done = run_command(env, *command)
        assert "Traceback" not in done.stderr, done.stderr
        answer = json.loads(done.stdout)
        assert answer["well"] == (done.returncode == 0)
        return done.returncode, answer["findings"]

    def finds(
        self, *arguments: str, before: tuple[str, ...] = (), **env: str
    ) -> dict[str, tuple[str, str, str]]:
        _, findings = self.ask(*arguments, before=before, **env)
        assert not [each for each in findings if each["name"].endswith(".broken")]
        return {
            each["name"]: (each["level"], each["what"], each["do"])
            for each in findings
            if each["level"] != "ok"
        }


@pytest.fixture(scope="module")
def collected() -> Iterator[None]:
    """Static files, collected as in production; the old ones are put back afterwards."""
    root = ROOT / "staticfiles"
    there = (root / "staticfiles.json").exists()
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
        cwd=ROOT,
        env={**os.environ, **WELL},
        check=True,
        capture_output=True,
    )
    yield
    if not there:
        shutil.rmtree(root)


@pytest.fixture
def doctor(deployment: Deployment, collected: None, tmp_path: Path) -> Doctor:
    """A healthy workspace, apart from mail, which is not set up."""
    with psycopg.connect(deployment.url, autocommit=True) as database:
        database.execute("SELECT 1")
    return Doctor(tmp_path, DATABASE_URL=deployment.url, REDIS_URL=deployment.redis.url)


def limited(deployment: Deployment, policy: str = "volatile-lru") -> None:
    import redis

    client = redis.Redis(port=deployment.redis.port)
    client.config_set("maxmemory", "64mb")
    client.config_set("maxmemory-policy", policy)
    client.close()


def test_a_workspace_that_is_well(deployment: Deployment, doctor: Doctor) -> None:
    """Exit code 0: missing mail, and no open page yet, are only warnings."""
    limited(deployment)
    code, findings = doctor.ask()
    wrong = {each["name"] for each in findings if each["level"] != "ok"}
    in_a_hurry = {"database.kept", "jobs.workers"}  # the tests' servers
    assert (code, wrong - {"workers.listening"} - in_a_hurry) == (0, {"mail.configured"})
    assert {"database.letters", "redis.layer", "clock.database", "clock.redis", "static.manifest"} <= {
        each["name"] for each in findings
    }
    told = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=doctor.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0
    assert "No mail server is configured" in told.stdout
    assert "0 failures" in told.stdout


def test_debug_known_keys_and_open_doors(doctor: Doctor) -> None:
    found = doctor.finds(DEBUG="1", SECRET_KEY="", ALLOWED_HOSTS="*", TRUSTED_PROXIES="0.0.0.0/0")
    for name in ("settings.debug", "settings.key", "settings.hosts", "settings.proxies"):
        assert found[name][0] == "failure", name
    assert doctor.finds(TRUSTED_PROXIES="", HTTPS_ONLY="0").keys() >= {"settings.https"}
    assert "redirect to itself" in doctor.finds(TRUSTED_PROXIES="")["settings.proxies"][1]


def test_settings_that_do_not_start_are_a_finding_too(doctor: Doctor) -> None:
    code, (finding,) = doctor.ask(SECRET_KEY="short")
    assert (code, finding["name"]) == (1, "settings")
    assert finding["what"].startswith("SECRET_KEY is too short")


def test_a_database_that_counts_bytes(deployment: Deployment, doctor: Doctor) -> None:
    deployment.postgres.psql(
        "CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;"
    )
    found = doctor.finds(DATABASE_URL=deployment.postgres.url("bytes"))
    level, what, do = found["database.encoding"]
    assert (level, "SQL_ASCII" in what, "UTF8" in do) == ("failure", True, True)
    assert "English letters only" in found["database.letters"][1]
    assert (
        "43 migrations" in found["database.migrations"][1]
        or "are not applied" in found["database.migrations"][1]
    )


def test_a_database_that_is_not_there_or_not_ours(deployment: Deployment, doctor: Doctor) -> None:
    began = time.monotonic()
    away = doctor.finds(DATABASE_URL=f"postgres://talk:hidden-word@127.0.0.1:{free_port()}/talk")
    assert away["database.reachable"][0] == "failure"
    assert "refused" in away["database.reachable"][1]
    assert "database.migrations" not in away
    missing = doctor.finds(DATABASE_URL=deployment.postgres.url("nowhere"))
    assert 'database "nowhere" does not exist' in missing["database.reachable"][1]
    assert missing["database.reachable"][2].startswith("Create the role and database that DATABASE_URL names")
    assert time.monotonic() - began < 30


def test_a_database_that_says_kept_before_it_is(deployment: Deployment, doctor: Doctor) -> None:
    level, what, do = doctor.finds()["database.kept"]
    assert (level, do.startswith("In postgresql.conf: fsync = on, full_page_writes = on")) == (
        "warning",
        True,
    )
    assert "fsync and full_page_writes and synchronous_commit off" in what
    names = ("fsync", "full_page_writes", "synchronous_commit")
    try:
        for name in names:
            deployment.postgres.psql(f"ALTER SYSTEM RESET {name};")
        deployment.postgres.psql("SELECT pg_reload_conf();")
        deadline = time.monotonic() + 20
        while "database.kept" in doctor.finds():  # reloading takes a moment
            assert time.monotonic() < deadline
    finally:
        for name in names:
            deployment.postgres.psql(f"ALTER SYSTEM SET {name} = off;")
        deployment.postgres.psql("SELECT pg_reload_conf();")


def test_a_wrong_password(deployment: Deployment, doctor: Doctor) -> None:
    """The server asks for one over TCP and over its socket, as real servers do."""
    deployment.postgres.psql("CREATE ROLE talk LOGIN PASSWORD 'right';")
    with psycopg.connect(deployment.url, autocommit=True) as database:
        (file,) = database.execute("SHOW hba_file").fetchone() or ("",)
        rules = Path(file).read_text()
        Path(file).write_text("local all talk scram-sha-256\n" + rules)
        database.execute("SELECT pg_reload_conf()")
    try:
        url = deployment.postgres.url("hypertalk").replace("postgres@localhost", "talk:hidden-word@localhost")
        found: dict[str, Any] = {}
        deadline = time.monotonic() + 20
        while "database.reachable" not in found and time.monotonic() < deadline:  # reloading takes a moment
            found = doctor.finds(DATABASE_URL=url)
        assert "password authentication failed" in found["database.reachable"][1]
        assert found["database.reachable"][2] == "Correct the user and password in DATABASE_URL."
        assert "hidden-word" not in str(found)
    finally:
        Path(file).write_text(rules)
        deployment.postgres.psql("SELECT pg_reload_conf();")


def test_migrations_that_are_missing_or_from_the_future(deployment: Deployment, doctor: Doctor) -> None:
    with psycopg.connect(deployment.url, autocommit=True) as database:
        gone = database.execute(
            "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'chat')"
            " RETURNING app, name, applied"
        ).fetchone()
        assert gone
        try:
            found = doctor.finds()["database.migrations"]
            assert (found[0], gone[1] in found[1], "migrate" in found[2]) == ("failure", True, True)
        finally:
            database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", gone)
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '9999_later', now())"
        )
        try:
            assert "newer release (chat 9999_later)" in doctor.finds()["database.migrations"][1]
        finally:
            database.execute("DELETE FROM django_migrations WHERE name = '9999_later'")


def test_a_redis_that_keeps_all_has_no_end_or_is_away(deployment: Deployment, doctor: Doctor) -> None:
    import redis

    limited(deployment, "noeviction")
    assert "will refuse writes when its 64 MB are full" in doctor.finds()["redis.memory"][1]
    client = redis.Redis(port=deployment.redis.port)
    client.config_set("maxmemory", 0)
    assert "no memory limit" in doctor.finds()["redis.memory"][1]
    limited(deployment)
    away = doctor.finds(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert away["redis.reachable"][0] == "failure"
    assert "redis.layer" not in away
    # A user that may not publish: events of one process would never reach the other.
    client.execute_command("ACL SETUSER mute on >word ~* +@all -publish resetchannels")
    mute = deployment.redis.url.replace("redis://", "redis://mute:word@")
    assert doctor.finds(REDIS_URL=mute)["redis.layer"][0] == "failure"
    wrong = doctor.finds(REDIS_URL=deployment.redis.url.replace("redis://", "redis://mute:other@"))
    assert wrong["redis.reachable"][1] == "Redis refuses the password."
    client.execute_command("ACL DELUSER mute")
    client.close()


def test_a_clock_that_is_off(deployment: Deployment, doctor: Doctor) -> None:
    """Fake the database's clock with a function of the same name that is found first."""
    url = deployment.postgres.create("late")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            " $$ SELECT pg_catalog.clock_timestamp() - interval '5 minutes' $$"
        )
        database.execute("ALTER DATABASE late SET search_path = public, pg_catalog")
    level, what, do = doctor.finds(DATABASE_URL=url)["clock.database"]
    assert (level, "timedatectl" in do) == ("failure", True)
    assert what == "The clock of PostgreSQL is 300 s behind this machine's."


def test_static_files_that_are_missing_or_of_another_release(doctor: Doctor) -> None:
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    whole = manifest.read_text()
    try:
        less = json.loads(whole)
        del less["paths"]["chat/css/room/message.css"]
        manifest.write_text(json.dumps(less))
        assert "chat/css/room/message.css" in doctor.finds()["static.manifest"][1]
        manifest.unlink()
        level, _, do = doctor.finds()["static.manifest"]
        assert (level, "collectstatic" in do) == ("failure", True)
    finally:
        manifest.write_text(whole)
    hashed = ROOT / "staticfiles" / json.loads(whole)["paths"]["chat/js/app/main.js"]
    hashed.rename(hashed.with_suffix(".away"))
    try:
        assert "main" in doctor.finds()["static.files"][1]
    finally:
        hashed.with_suffix(".away").rename(hashed)


@pytest.mark.skipif(not can_be_somebody(), reason="becomes another user, as root only can")
def test_a_folder_that_is_somebody_elses(collected: None, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    doctor = Doctor(data)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=doctor.env, check=True)
    found = doctor.finds(before=SOMEBODY)
    assert f"Nothing can be written to {data}: Permission denied." == found["disk.data"][1]
    assert found["database.reachable"][0] == "failure"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, as root only can")
def test_a_disk_that_is_full(collected: None, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with (disk / "filler").open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 4096)
                    file.flush()
            except OSError:
                pass
        found = Doctor(disk).finds()
        assert "No space left" in found["disk.data"][1]
        assert found["database.reachable"][0] == "failure"
        (disk / "filler").unlink()
        assert "MB are free" in Doctor(disk).finds()["disk.data"][1]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_mail_server_that_refuses(collected: None, tmp_path: Path) -> None:
    doctor = Doctor(tmp_path, EMAIL_FROM="talk@example.com")
    assert doctor.finds(EMAIL_URL=f"smtp://localhost:{free_port()}")["mail.server"][0] == "failure"
    with listening(mail_server(greeting="554 not you")) as port:
        found = doctor.finds(EMAIL_URL=f"smtp://localhost:{port}")
        assert "answers 554 not you" in found["mail.server"][1]
    taken: list[str] = []
    with listening(mail_server(taken=taken)) as port:
        plain = doctor.finds(EMAIL_URL=f"smtp://localhost:{port}")
        assert not {name for name in plain if name.startswith("mail")}
        assert not taken
        assert "mail.sent" not in doctor.finds(
            "--send-mail-to", "owner@example.com", EMAIL_URL=f"smtp://localhost:{port}"
        )
        assert "To: owner@example.com" in taken
        # With a user name it would have to encrypt, which this server does not offer.
        crypt = doctor.finds(EMAIL_URL=f"smtp://me:word@localhost:{port}", EMAIL_FROM="nobody")
        assert "does not offer" in crypt["mail.server"][1]
        assert crypt["mail.sender"][0] == "warning"


@pytest.fixture
def serving(deployment: Deployment, collected: None, tmp_path: Path) -> Iterator[Daphne]:
    daphne = Daphne(tmp_path, **WELL, DATABASE_URL=deployment.url, REDIS_URL=deployment.redis.url)
    yield daphne
    daphne.stop()


def https(head: bytes) -> bytes:
    return head + b"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.9"


def test_a_proxy_that_does_wrong(deployment: Deployment, doctor: Doctor, serving: Daphne) -> None:
    """TLS ends before these proxies, so they are asked over HTTP; the test checks which scheme they report."""
    at = lambda port: ("--url", f"http://localhost:{port}")  # noqa: E731

    def found(**how: Any) -> dict[str, tuple[str, str, str]]:
        with listening(proxy(serving.port, **how)) as port:
            return {name: each for name, each in doctor.finds(*at(port)).items() if name.startswith("proxy")}

    assert found(change=https) == {}
    swallowed = found(change=lambda head: https(without_upgrade(head)))
    assert swallowed.keys() == {"proxy.socket"}
    assert "does not support WebSockets" in swallowed["proxy.socket"][1]
    kept_back = found(change=https, deaf=True)["proxy.socket"]
    assert "buffers their data" in kept_back[1]
    other_host = found(change=lambda head: https(head).replace(b"Host: localhost", b"Host: inside.invalid"))
    assert "does not accept the host name" in other_host["proxy.scheme"][1]
    assert "Host and Origin differ" in other_host["proxy.socket"][1]
    with listening(
        lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello") and None
    ) as port:
        assert "Another program answers" in doctor.finds(*at(port))["proxy.reachable"][1]
    assert "does not answer" in doctor.finds(*at(free_port()))["proxy.reachable"][1]
    assert "not a valid address" in doctor.finds("--url", "talk.example.com")["proxy.reachable"][1]
