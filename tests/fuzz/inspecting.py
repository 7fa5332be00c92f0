"""What must be true of every answer, whoever requested whatever."""

import logging
import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Self
from urllib.parse import urlsplit

from django.core import signals
from django.db import close_old_connections, transaction
from django.http import HttpResponse

from hypertalk.server.edge import Edge
from hypertalk.server.handler import Handler
from tests.fuzz.requests import FuzzedRequest
from tests.fuzz.scene import Scene
from tests.fuzz.words import CANARY
from tests.policies.world import Trier
from tests.support.writes import written

MACHINERY = re.compile(
    rb"Traceback \(most recent|sqlite3\.|psycopg|SELECT \"|INSERT INTO|near \"|syntax error at|UNIQUE constraint|"
    rb"\w+Error at /|DJANGO_SETTINGS_MODULE|site-packages|Exception Type"
)
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class Noted(logging.Handler):
    """Traces of a fault in the log: an error, or any line with an exception, except those with which Django says that it
    refused something (a foreign host, a malformed body) and answered with 4xx.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        refused = record.name.startswith("django.security.") or 400 <= getattr(record, "status_code", 0) < 500
        if not refused and (record.exc_info or record.levelno >= logging.ERROR):
            self.lines.append(
                f"{record.name}: {record.getMessage()} {record.exc_info and record.exc_info[1]!r}"
            )

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


class Reader(HTMLParser):
    """Finds input that was sent as text and came back as markup."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if CANARY in tag or any(CANARY in name for name, _ in attrs):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name in {"href", "src", "action", "formaction", "hx-get", "hx-post"} and (
                address.startswith(("javascript:", "data:text")) or "evil.example" in urlsplit(address).netloc
            ):
                self.found.append(f"{name}={value}")


class Inspector:
    """The application without the server: Django's handler behind the edge, in this thread."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.status = 0  # of the last answer
        self.handler = Handler()
        self.edge = Edge(self.handler, trusted=())
        for signal in (signals.request_started, signals.request_finished):
            signal.disconnect(close_old_connections)  # like Django's test client: a transaction is open

    @staticmethod
    def leave() -> None:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)

    def ask(self, request: FuzzedRequest, name: str, *, may_write: bool = True) -> list[str]:
        """Returns what is wrong with the answer; everything the request did is rolled back."""
        Trier.reset()
        with transaction.atomic(), written() as writes, Noted() as noted:
            scope = self.edge._believed(request.scope(self.scene.world.sessions.get(name)))
            answer = self.handler._answer(scope, BytesIO(request.body))
            body = b"".join(answer) if answer.streaming else answer.content
            answer.close()
            transaction.set_rollback(True)
        self.status = answer.status_code
        wrong = [*noted.lines, *self._of_answer(answer, body, name)]
        if writes and (request.method in SAFE or not may_write):
            wrong.append(f"wrote by {request.method}: {sorted(set(writes))}")
        return [f"{answer.status_code} {each}" for each in wrong]

    def _of_answer(self, answer: HttpResponse, body: bytes, name: str) -> list[str]:
        wrong = []
        if answer.status_code >= 500:
            wrong.append("an error of the server's")
        if found := MACHINERY.search(body):
            wrong.append(f"machinery shows: {found[0]!r}")
        wrong += [f"{secret!r} was read" for secret in self.scene.unreadable(name) if secret in body]
        target = urlsplit(answer.get("Location", "") or answer.get("HX-Redirect", ""))
        if target.netloc not in {"", "testserver"} or target.scheme not in {"", "http"}:
            wrong.append(f"leads away: {target.geturl()}")
        html = answer.get("Content-Type", "").startswith("text/html")
        if html and (CANARY.encode() in body or b"evil.example" in body):
            wrong += [f"came back as markup: {each}" for each in Reader(body.decode()).found]
        if html and body and "Content-Security-Policy" not in answer:
            wrong.append("a page without a policy")
        if (
            name in self.scene.world.sessions
            and answer.get("Chat-Answer")
            and "private" not in answer.get("Cache-Control", "")
        ):
            wrong.append(f"a shared cache may keep it: {answer.get('Cache-Control')}")
        return wrong
