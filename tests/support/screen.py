"""A client that behaves like the page: it receives, applies the page's rules, requests what is missing, and reconnects."""

import asyncio
import json
import random
import re
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

import httpx
import websockets

from tests.model.page import APPLY, Page, Row
from tests.support.delivery import of_http
from tests.support.signed_in import signed_in

ELEMENT = re.compile(r'<(?:li|div) class="(?:message|person|room-title)" id="([^"]+)"([^>]*)>')
FINAL = {4400, 4401, 4403, 4404}
BEAT_OVERDUE = 35  # seconds, as in the page


def rows_of(html: str) -> list[tuple[Row, str]]:
    """Each fragment with its own HTML."""
    found = list(ELEMENT.finditer(html))
    ends = [m.start() for m in found[1:]] + [len(html)] * bool(found)
    rows = []
    for match, end in zip(found, ends, strict=True):
        seq = re.search(r'data-seq="(\d+)"', match[2])
        version = re.search(r'data-version="(\d+)"', match[2])
        assert version
        rows.append(
            (Row(match[1], int(version[1]), int(seq[1]) if seq else None), html[match.start() : end].strip())
        )
    return rows


class Screen:
    """One open room of one person on one process. ``shown`` is what it displays: DOM id to HTML.

    ``first_wait`` and ``longest_wait`` are seconds until it reconnects after a socket closed: less than in the page.
    """

    first_wait, longest_wait = 0.1, 1.0

    def __init__(self, url: str, session: str, room: str) -> None:
        self.url, self.room = url, room
        self.http = httpx.AsyncClient(
            base_url=url,
            timeout=20,
            **signed_in(session),
        )
        self.cookie = f"sessionid={session}"
        self.page = Page(0, at_start=True)
        self.shown: dict[str, str] = {}
        self.applied: list[tuple[str, int]] = []
        self.heard: list[dict[str, Any]] = []
        self.frames: list[str] = []  # all that was received over its sockets, unchanged
        self.code: int | None = None
        self.socket: websockets.ClientConnection | None = None
        self.answers: dict[str, asyncio.Future[dict[str, Any] | None]] = {}
        self._news = asyncio.Condition()
        self._asking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        await self.until(lambda: self.heard)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.http.aclose()

    async def until(self, there: Callable[[], Any], seconds: float = 30) -> None:
        """Wait for something that events can cause."""
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(there)

    async def post(self, body: str, message_id: str | None = None) -> str:
        """Send until it is stored, always with the same id, as the page does."""
        message_id = message_id or str(uuid4())
        data = {"id": message_id, "body": body}
        for _ in range(200):
            try:
                answer = await self.http.post(f"/rooms/{self.room}/messages/", data=data)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            outcome = of_http(answer.status_code)
            if outcome.kind == "done":
                await self._take(answer.text)
                return message_id
            assert outcome.kind in {"away", "failed"} or answer.status_code == 507, answer.text
            await asyncio.sleep(0.1)
        raise TimeoutError(message_id)

    async def catch_up(self) -> None:
        async with self._asking:
            again = True
            while again:
                after = self.page.held
                answer = await self.http.get(f"/rooms/{self.room}/changes/", params={"after": after})
                if answer.status_code != 200:
                    return
                rows = rows_of(answer.text)
                version = int(answer.headers["Chat-Version"])
                if "Chat-Start-Over" in answer.headers:
                    self.shown.clear()
                    self.applied.clear()
                    verdicts = self.page.start_over(
                        version, [r for r, _ in rows], "Chat-At-Start" in answer.headers
                    )
                    again = False
                else:
                    more = "Chat-More" in answer.headers
                    verdicts, again = self.page.answer(after, version, more, [r for r, _ in rows])
                await self._show(rows, verdicts)

    def messages(self) -> list[str]:
        """The ids of the messages shown, in the order of their seq."""
        rows = [row for key, row in self.page.rows.items() if row.seq is not None and key in self.shown]
        return [row.key.removeprefix("message-") for row in sorted(rows, key=lambda row: row.seq or 0)]

    def window(self) -> list[tuple[Row, str]]:
        """The messages shown, in the order of their seq, each with its HTML."""
        rows = [row for key, row in self.page.rows.items() if row.seq is not None and key in self.shown]
        return [(row, self.shown[row.key]) for row in sorted(rows, key=lambda row: row.seq or 0)]

    async def history(self) -> list[tuple[Row, str]]:
        """All messages of the room as the server has them, in order."""
        found: list[tuple[Row, str]] = []
        before = 2**31
        while True:
            answer = await self.http.get(f"/rooms/{self.room}/messages/", params={"before": before})
            answer.raise_for_status()
            found = rows_of(answer.text) + found
            if "Chat-At-Start" in answer.headers:
                return found
            before = found[0][0].seq or 0

    async def _live(self) -> None:
        wait = self.first_wait
        while self.code is None:
            known = len(self.heard)
            try:
                await self._listen()
            except websockets.ConnectionClosed as closed:
                if closed.rcvd and closed.rcvd.code in FINAL:
                    async with self._news:
                        self.code = closed.rcvd.code
                        self._news.notify_all()
                    return
            except (OSError, websockets.InvalidHandshake, TimeoutError, httpx.TransportError):
                pass
            finally:
                self.socket = None
                self._forget_asked()
            if len(self.heard) > known:
                wait = self.first_wait
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))
            wait = min(wait * 2, self.longest_wait)

    async def _listen(self) -> None:
        address = self.url.replace("http", "ws") + f"/live/?room={self.room}"
        headers = {"Cookie": self.cookie}
        async with websockets.connect(
            address, origin=self.url, additional_headers=headers, open_timeout=5
        ) as socket:
            self.socket = socket
            while True:
                async with asyncio.timeout(BEAT_OVERDUE):
                    frame = await socket.recv()
                assert isinstance(frame, str)
                self.frames.append(frame)
                if frame.startswith("<"):
                    if await self._take(frame):
                        await asyncio.sleep(0.3)  # events may overtake each other; the page waits as long
                        if self.page.seen:
                            await self.catch_up()
                    continue
                message = json.loads(frame)
                if asked := self.answers.pop(message.get("id", ""), None):
                    asked.set_result(message)
                    continue
                if (
                    message["type"] == "beat"
                    and message["version"] is not None
                    and self.page.beat(message["version"])
                ):
                    await self.catch_up()
                async with self._news:
                    self.heard.append(message)
                    self._news.notify_all()

    async def ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """The answer over the socket; None without a socket, or if none comes in time."""
        if self.socket is None:
            return None
        answer: asyncio.Future[dict[str, Any] | None] = asyncio.get_running_loop().create_future()
        self.answers[message["id"]] = answer
        try:
            async with asyncio.timeout(seconds):
                await self.socket.send(json.dumps(message))
                return await answer
        except (OSError, websockets.ConnectionClosed, TimeoutError):
            return None
        finally:
            self.answers.pop(message["id"], None)

    def _forget_asked(self) -> None:
        for answer in self.answers.values():
            if not answer.done():
                answer.set_result(None)

    async def _take(self, html: str) -> bool:
        gap = False
        rows = rows_of(html)
        verdicts = []
        for row, _ in rows:
            verdict, gap = self.page.frame(row)
            verdicts.append(verdict)
        await self._show(rows, verdicts)
        return gap

    async def _show(self, rows: list[tuple[Row, str]], verdicts: list[str]) -> None:
        async with self._news:
            for (row, html), verdict in zip(rows, verdicts, strict=True):
                if verdict == APPLY:
                    self.shown[row.key] = html
                    self.applied.append((row.key, row.version))
            self._news.notify_all()
