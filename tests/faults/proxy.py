"""A TCP proxy that simulates network faults: it cuts, stalls, delays and refuses connections, and loses a response."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any

CHUNK = 1 << 16


class Network:
    """The thread in which all proxies run, so that they continue while a test blocks."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def stop(self) -> None:
        self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.1)  # aborted transports close in the loop's next rounds


class Pipe:
    """One connection through a proxy: two directions that end together."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.layer_down = False  # the server's responses are lost

    def cut(self) -> None:
        for end in (self.near, self.far):
            end.transport.abort()
            end.close()


class Proxy:
    """Listens on ``port`` and connects to ``target``: a port of this machine, or the path of a Unix socket.

    ``refusing``: new connections are refused. ``delay``: seconds before each chunk is forwarded. ``lose``: the response
    to the next request that contains these bytes is lost, and its connection closed.
    """

    def __init__(self, network: Network, target: int | str) -> None:
        self._network, self._target = network, target
        self.refusing = False
        self.delay = 0.0
        self.lose: bytes | None = None
        self.lost = 0
        self._pipes: set[Pipe] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._server = network.run(asyncio.start_server(self._come, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    # Called from the tests' thread

    def cut(self) -> None:
        """Abort all connections."""
        self._soon(lambda: [pipe.cut() for pipe in self._pipes])

    def stall(self) -> None:
        """Forward nothing and close nothing, like an unplugged cable; ``flow`` plugs it in again."""
        self._soon(self._flows.clear)

    def flow(self) -> None:
        self._soon(self._flows.set)

    def down(self) -> None:
        self.refusing = True
        self.cut()

    def up(self) -> None:
        self.refusing = False

    def stop(self) -> None:
        self.down()
        self._soon(self._server.close)

    def _soon(self, act: Callable[[], Any]) -> None:
        async def run() -> None:
            act()

        self._network.run(run())

    # Called in the network's thread

    async def _come(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self.refusing:
            near.transport.abort()
            return
        try:
            answers, far = await self._connect()
        except OSError:
            near.transport.abort()
            return
        pipe = Pipe(near, far)
        self._pipes.add(pipe)
        try:
            await asyncio.gather(self._there(pipe, reader), self._back(pipe, answers))
        finally:
            self._pipes.discard(pipe)
            pipe.cut()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _there(self, pipe: Pipe, reader: asyncio.StreamReader) -> None:
        def meet(data: bytes) -> bytes:
            if self.lose and self.lose in data:
                self.lose, pipe.layer_down = None, True
                self.lost += 1
            return data

        await self._pass_on(pipe, reader, pipe.far, meet)

    async def _back(self, pipe: Pipe, reader: asyncio.StreamReader) -> None:
        def meet(data: bytes) -> bytes:
            if pipe.layer_down:
                raise ConnectionResetError
            return data

        await self._pass_on(pipe, reader, pipe.near, meet)

    async def _pass_on(
        self,
        pipe: Pipe,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        meet: Callable[[bytes], bytes],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(meet(data))
                await writer.drain()
        pipe.cut()
