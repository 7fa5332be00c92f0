"""The cache of rendered fragments in this process, keyed by what they show, never by the viewer."""

from collections import OrderedDict
from threading import Lock

MAX_CHARACTERS = 16_000_000


class Fragments:
    """An LRU cache. ``key`` must change with everything that the fragment shows."""

    def __init__(self, most: int = MAX_CHARACTERS) -> None:
        self._most = most
        self._size = 0
        self._cached: OrderedDict[object, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object) -> str | None:
        with self._lock:
            html = self._cached.get(key)
            if html is not None:
                self._cached.move_to_end(key)
            return html

    def put(self, key: object, html: str) -> str:
        with self._lock:
            self._size += len(html) - len(self._cached.pop(key, ""))
            self._cached[key] = html
            while self._size > self._most:
                _, dropped = self._cached.popitem(last=False)
                self._size -= len(dropped)
        return html

    def clear(self) -> None:
        with self._lock:
            self._cached.clear()
            self._size = 0


fragments = Fragments()
