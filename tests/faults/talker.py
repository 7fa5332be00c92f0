"""Somebody at a page who talks: an outbox in order, the same id for every try, the socket first and HTTP without it."""

import asyncio
import random
from collections import deque
from uuid import uuid4

import httpx

from tests.model.page import Row
from tests.support.screen import Screen

ANSWER_WITHIN = 15  # seconds, as in static/js/delivery.js
AGAIN_AFTER = 0.3


class Talker(Screen):
    """``said``: id to text of all it ever sent. ``acknowledged``: the ids that the server said it has."""

    def __init__(self, url: str, session: str, room: str, name: str) -> None:
        super().__init__(url, session, room)
        self.name = name
        self.said: dict[str, str] = {}
        self.acknowledged: set[str] = set()
        self.deleted: set[str] = set()
        self.sent_again = 0
        self._outbox: deque[str] = deque()
        self._sending: asyncio.Task[None] | None = None

    def say(self, body: str) -> str:
        key = str(uuid4())
        self.said[key] = body
        self._outbox.append(key)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return key

    def agrees(self, truth: list[tuple[Row, str]]) -> bool:
        """Whether what is shown is the end of this, from the window's beginning."""
        shown = self.window()
        return (
            bool(shown)
            and shown == truth[-len(shown) :]
            and (len(shown) == len(truth) or not self.page.at_start)
        )

    async def all_sent(self) -> None:
        while self._sending is not None and not self._sending.done():
            await self._sending

    async def talk(self, count: int, chance: random.Random, pace: float = 0) -> None:
        """Say so many things; edit or delete something of one's own now and then."""
        for number in range(count):
            key = self.say(f"{self.name} {number}")
            await self.all_sent()
            if (what := chance.random()) < 0.1:
                await self._write(key, "edit", body=f"{self.name} {number}, on second thoughts")
            elif what < 0.15:
                await self._write(key, "delete")
            if pace:
                await asyncio.sleep(pace * chance.random() * 2)

    async def aclose(self) -> None:
        tasks = [task for task in (self._sending, self._task) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.http.aclose()

    async def _send_all(self) -> None:
        while self._outbox:
            key = self._outbox[0]
            tries = 0
            while key not in self.acknowledged:
                wait = await self._send(key)
                tries += 1
                if wait is not None:
                    await asyncio.sleep(wait)
            self.sent_again += tries - 1
            self._outbox.popleft()

    async def _send(self, key: str) -> float | None:
        """Seconds to wait before the next try; None if it is kept."""
        answer = await self.ask({"type": "post", "id": key, "body": self.said[key]}, ANSWER_WITHIN)
        if answer is not None and answer["type"] == "posted":
            self.acknowledged.add(key)
            return None
        if answer is not None:
            assert answer["retry_after"], answer
            return float(answer["retry_after"])
        try:
            answered = await self.http.post(
                f"/rooms/{self.room}/messages/", data={"id": key, "body": self.said[key]}
            )
        except httpx.TransportError:
            return AGAIN_AFTER
        if answered.status_code in {200, 201}:
            self.acknowledged.add(key)
            await self._take(answered.text)
            return None
        assert answered.status_code in {429, 500, 502, 503, 507}, (answered.status_code, answered.text[:500])
        return float(answered.headers.get("Retry-After", AGAIN_AFTER))

    async def _write(self, key: str, what: str, **data: str) -> None:
        """An edit or a deletion, until the server says that it is done."""
        while True:
            try:
                answer = await self.http.post(f"/messages/{key}/{what}/", data=data)
            except httpx.TransportError:
                await asyncio.sleep(AGAIN_AFTER)
                continue
            if answer.status_code < 300:
                await self._take(answer.text)
                break
            # Its answer was lost the last time, and it was done.
            if what == "delete" and answer.status_code in {403, 409, 422}:
                break
            assert answer.status_code in {429, 500, 502, 503, 507}, (answer.status_code, answer.text[:500])
            await asyncio.sleep(AGAIN_AFTER)
        if what == "delete":
            self.deleted.add(key)
