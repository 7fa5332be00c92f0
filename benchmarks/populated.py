"""What is measured: servers with people in them, pinned to one core, and their CPU time."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Crowd
from tests.support.services import Postgres, Redis, free_port, run_python, wait_for

SERVER_CORE, LOAD_CORE = 0, 1
METRICS_TOKEN = "for-benchmarks-only-" + "x" * 40
TICKS = os.sysconf("SC_CLK_TCK")

PEOPLE = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from chat import actions
from chat.models import Member, Person
users = get_user_model()
made = users._default_manager.bulk_create(
    users(email=f"bench{{n}}@example.com", password="!" + "x" * 40) for n in range({people}))
people = [actions.ensure_person(user, f"Person {{n}}") for n, user in enumerate(made)]
sessions = []
for user in made:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    sessions.append(session.session_key)
def room(name, first, count):
    made = actions.create_room(people[first], name=name, topic="", kind="closed")
    Member.objects.bulk_create(
        Member(room=made, person=person, role="member", version=3 + n, read_seq=0)
        for n, person in enumerate(people[first + 1 : first + count]))
    made.version += count
    made.save(update_fields=["version"])
    return str(made.pk)
rooms = {{"thousand": room("thousand", 0, {people}), "two-hundred": room("two-hundred", 0, 200)}}
for n in range(16):
    rooms[f"pair-{{n}}"] = room(f"pair-{{n}}", 2 * n, 2)
for n in range(17):  # with thousand, two-hundred and pair-0 these are twenty
    rooms[f"side-{{n}}"] = room(f"side-{{n}}", 0, 3)
print("MADE" + json.dumps({{"sessions": sessions, "rooms": rooms}}))
"""


def pin(core: int) -> None:
    """Pin this process and its children to one core."""
    os.sched_setaffinity(0, {core})


def processes_under(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_seconds(*pids: int) -> float:
    """User and system time of these processes and their descendants."""
    ticks = 0
    for pid in {each for root in pids for each in processes_under(root)}:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def resident_kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


class Server:
    """A process on the server's core, on a free port, with its log in ``folder``."""

    def __init__(self, folder: Path, command: list[str], env: dict[str, str], port: int) -> None:
        self.port = port
        with (folder / f"server-{port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **env},
                stdout=log,
                stderr=log,
                preexec_fn=lambda: pin(SERVER_CORE),  # noqa: PLW1509 - one thread, before anything else is started
            )
        wait_for(port, self.process)

    @property
    def pid(self) -> int:
        return self.process.pid

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Floor:
    """The bare system call to many sockets, and their reader."""

    def __init__(self, folder: Path, count: int) -> None:
        port = free_port()
        self.count = count
        self.server = Server(folder, [sys.executable, "benchmarks/floor_server.py", str(port)], {}, port)
        self._master = socket.create_connection(("127.0.0.1", port))
        self._master.sendall(str(count).encode())
        self.crowd = Crowd(port)
        self.crowd.mark, self.crowd.pause = b"<li", 0.002
        for _ in range(count):
            self.crowd.adopt(socket.create_connection(("127.0.0.1", port)))

    def rounds(self, times: int) -> None:
        for _ in range(times):
            aim = self.crowd.total + self.count
            self._master.sendall(b"g")
            self.crowd.until(lambda aim=aim: self.crowd.total >= aim)
            self._master.recv(1)

    def close(self) -> None:
        self.crowd.close()
        self.server.close()


class Deployment:
    """hypertalk on PostgreSQL and Redis, with a thousand people."""

    def __init__(self, folder: Path, people: int = 1000) -> None:
        mine = os.sched_getaffinity(0)
        pin(SERVER_CORE)  # the database and the cache share the server's core
        self.postgres, self.redis = Postgres(), Redis()
        os.sched_setaffinity(0, mine)
        self.env = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.ours",
            "DATABASE_URL": self.postgres.create("bench"),
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "for-benchmarks-only-" + "x" * 40,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS_ONLY": "0",
            "POST_LIMIT": "100000/1s",
            "CONNECT_LIMIT": "100000/1s",
            "METRICS_TOKEN": METRICS_TOKEN,
        }
        manage(self.env, "migrate", "--verbosity", "0")
        manage(self.env, "collectstatic", "--no-input", "--verbosity", "0")
        made = json.loads(
            manage(self.env, "shell", "--no-imports", "-c", PEOPLE.format(people=people)).partition("MADE")[2]
        )
        self.sessions: list[str] = made["sessions"]
        self.rooms: dict[str, str] = made["rooms"]
        self.folder = folder
        self.server = self.start()

    def path(self, room: str) -> str:
        return f"/live/?room={self.rooms[room]}"

    def members(self, room: str) -> list[int]:
        """The ids of a room's memberships, in the order in which people joined."""
        asked = f"Member.objects.filter(room='{self.rooms[room]}').order_by('person').values_list('pk', flat=True)"
        code = f"from chat.models import Member; print('IDS', *{asked})"
        return [
            int(pk)
            for pk in manage(self.env, "shell", "--no-imports", "-c", code).partition("IDS")[2].split()
        ]

    def start_another(self) -> Server:
        """Start a second process on the load generator's core: its CPU time is not measured."""
        another = self.start()
        os.sched_setaffinity(another.pid, {LOAD_CORE})
        return another

    def start(self) -> Server:
        port = free_port()
        command = [sys.executable, "manage.py", "serve", "-v", "0", "-b", "127.0.0.1", "-p", str(port)]
        return Server(self.folder, command, {**self.env, "PGAPPNAME": f"server-{port}"}, port)

    @property
    def everything(self) -> tuple[int, ...]:
        """The root processes of everything: server, database, cache."""
        database = self.postgres._server.get_postmaster_info().pid
        return (self.server.pid, database, self.redis._process.pid)

    def close(self) -> None:
        self.server.close()
        self.redis.stop()
        self.postgres.stop()


@dataclass
class Stock:
    """The usual design on the same PostgreSQL and Redis."""

    deployment: Deployment

    def __post_init__(self) -> None:
        env = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.stock.settings",
            "DATABASE_URL": self.deployment.postgres.create("stock"),
            "REDIS_URL": self.deployment.redis.url,
        }
        arranged = run_python({**os.environ, **env}, "-m", "benchmarks.stock.arrange", "1000")
        made = json.loads(arranged.partition("MADE")[2])
        self.sessions: list[str] = made["sessions"]
        self.rooms: dict[str, str] = made["rooms"]
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-p",
            str(port),
            "benchmarks.stock.asgi:application",
        ]
        self.server = Server(self.deployment.folder, command, env, port)

    def path(self, room: str) -> str:
        return f"/live/{self.rooms[room]}/"

    @property
    def everything(self) -> tuple[int, ...]:
        return (self.server.pid, *self.deployment.everything[1:])


def manage(env: dict[str, str], *command: str) -> str:
    return run_python({**os.environ, **env}, "manage.py", *command)
