"""A person at a page who posts: an ordered outbox, the same id for every try, the socket first and HTTP without it."""

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import Iterable
from uuid import uuid4

import httpx

from tests.model.page import Row
from tests.support.delivery import DeliveryRules, Outcome, of_http, of_socket
from tests.support.screen import Screen

ANSWER_WITHIN = 15  # seconds, as in static/js/composer/delivery.js
MISSED_AFTER = 2  # as in catchup.js
BY_HAND = 1  # until somebody presses the button again


class Talker(Screen):
    """``sent``: id to text of all it ever sent. ``acknowledged``: the ids that the server confirmed.

    ``meant``: id to the expected text after acknowledged edits; None if it was deleted.

    ``refused``: messages that failed permanently, and why. ``waited``: the longest delivery, in seconds.
    """

    first_wait, longest_wait = 0.5, 15

    def __init__(self, url: str, session: str, room: str, name: str) -> None:
        super().__init__(url, session, room)
        self.name = name
        self.sent: dict[str, str] = {}
        self.acknowledged: set[str] = set()
        self.meant: dict[str, str | None] = {}
        self.refused: dict[str, str] = {}
        self.sent_again = 0
        self.waited = 0.0
        self._asks: set[asyncio.Task[None]] = set()
        self._outbox: deque[str] = deque()
        self._sending: asyncio.Task[None] | None = None

    def say(self, body: str) -> str:
        key = str(uuid4())
        self.sent[key] = self.meant[key] = body
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

    async def talk(self, numbers: Iterable[int], chance: random.Random) -> None:
        """Post a message with each of these numbers; sometimes edit or delete one of one's own."""
        for number in numbers:
            key = self.say(f"{self.name} {number}")
            await self.all_sent()
            if (what := chance.random()) < 0.1:
                await self._write(key, "edit", body=f"{self.name} {number}, on second thoughts")
            elif what < 0.15:
                await self._write(key, "delete")

    async def aclose(self) -> None:
        tasks = [task for task in (self._sending, self._task, *self._asks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.http.aclose()

    async def _send_all(self) -> None:
        while self._outbox:
            began = time.monotonic()
            await self._deliver(self._outbox[0])
            self.waited = max(self.waited, time.monotonic() - began)
            self._outbox.popleft()

    async def _deliver(self, key: str) -> None:
        rules = DeliveryRules()
        while True:
            outcome = await self._send(key)
            then = rules.next(outcome)
            match then.step:
                case "done":
                    self.acknowledged.add(key)
                    return
                case "fail":
                    self.refused[key] = outcome.why or "Not sent. The server did not respond."
                    return
                case "back":
                    await self._back(then.seconds)
                case "wait":
                    await asyncio.sleep(then.seconds)
                case "again":
                    await asyncio.sleep(then.seconds * random.uniform(0.5, 1.5))
                case step:  # nobody signs in again in these tests
                    raise AssertionError(step)
            self.sent_again += 1

    async def _back(self, seconds: float) -> None:
        """Wait for ``seconds``, or until the socket is open again."""
        beats = len(self.heard) if self.socket is None else None
        with contextlib.suppress(TimeoutError):
            await self.until(
                lambda: beats is not None and len(self.heard) > beats, seconds * random.uniform(0.5, 1.5)
            )

    async def _send(self, key: str) -> Outcome:
        """The socket first, and HTTP if it does not answer."""
        answer = await self.ask({"type": "post", "id": key, "body": self.sent[key]}, ANSWER_WITHIN)
        if answer is not None:
            if answer["type"] == "posted":
                self._expect(answer["version"])
            return of_socket(answer)
        try:
            answered = await self.http.post(
                f"/rooms/{self.room}/messages/",
                data={"id": key, "body": self.sent[key]},
                timeout=ANSWER_WITHIN,
            )
        except httpx.TransportError:
            return Outcome("away")
        if answered.is_success:
            await self._take(answered.text)
        return of_http(answered.status_code, answered.headers.get("Retry-After"), answered.text)

    def _expect(self, version: int) -> None:
        """The server has this version: if its frame does not arrive soon, it was lost."""

        async def look() -> None:
            await asyncio.sleep(MISSED_AFTER)
            while self.page.held < version:
                with contextlib.suppress(httpx.TransportError):
                    await self.catch_up()
                await asyncio.sleep(MISSED_AFTER)

        task = asyncio.create_task(look())
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)

    async def _write(self, key: str, what: str, **data: str) -> None:
        """Edit or delete, by pressing the button until it works: no script retries these."""
        while True:
            try:
                answer = await self.http.post(f"/messages/{key}/{what}/", data=data)
            except httpx.TransportError:
                await asyncio.sleep(BY_HAND)
                continue
            if answer.is_success:
                await self._take(answer.text)
                break
            # The last response was lost, and the action was done.
            if what == "delete" and answer.status_code in {403, 409, 422}:
                break
            assert of_http(answer.status_code).kind in {"away", "early"}, (
                answer.status_code,
                answer.text[:500],
            )
            await asyncio.sleep(BY_HAND)
        self.meant[key] = data.get("body")
