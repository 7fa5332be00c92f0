"""The twin of static/js/composer/outbox.js: what a person sent from one device and the server has not acknowledged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Item:
    """``failed``: why it was not sent. ``again``: it was set aside once, so its position in the order changed."""

    id: UUID
    room: str
    body: str
    failed: str = ""
    again: bool = False


@dataclass
class Outbox:
    """One for all tabs of a person. ``locks``: each room's sending tab."""

    items: dict[UUID, Item] = field(default_factory=dict)
    locks: dict[str, object] = field(default_factory=dict)
    watching: list[Callable[[], None]] = field(default_factory=list)

    def mine(self) -> list[Item]:
        """In the order of their ids, which is the order of writing."""
        return sorted(self.items.values(), key=lambda item: item.id)

    def first(self, room: str) -> Item | None:
        return next((item for item in self.mine() if item.room == room and not item.failed), None)

    def rooms(self) -> list[str]:
        """The rooms with messages that wait to be sent."""
        return list(dict.fromkeys(item.room for item in self.mine() if not item.failed))

    def take_lock(self, room: str, tab: object) -> bool:
        return self.locks.setdefault(room, tab) is tab

    def let_go(self, tab: object) -> None:
        """A tab that is closed, or asleep for longer than its lease, blocks nothing."""
        self.locks = {room: holder for room, holder in self.locks.items() if holder is not tab}

    def put(self, item: Item) -> None:
        self.items[item.id] = item
        self.announce()

    def drop(self, message: UUID) -> None:
        if self.items.pop(message, None):
            self.announce()

    def settle(self, message: UUID, failed: str) -> None:
        """Messages discarded meanwhile stay discarded."""
        item = self.items.get(message)
        if item is not None:
            if failed:
                item.failed = failed
            else:
                del self.items[message]
            self.announce()

    def announce(self) -> None:
        for tell in self.watching:
            tell()
