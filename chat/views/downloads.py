"""Streamed files."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import FileResponse


class Download(FileResponse):
    """Streams behind ASGI too, where Django's own class would read the whole file into memory."""

    block_size = 64 * 1024

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        while piece := await sync_to_async(_next)(pieces):
            yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")
