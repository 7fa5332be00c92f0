"""Parts that features add to a message's fragment, such as its reactions.

Whoever changes a part takes a version of the room and stamps the message with it, as an edit does. So the fragment's key
covers the part, and the room's page, history, catch-up and frames bring it as they bring the message.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chat.models import Message
from chat.models.message import MessageQuerySet


@dataclass(frozen=True, slots=True)
class MessagePart:
    """``template`` is rendered at the end of the message, with ``message`` and ``part``: what ``load`` returned for it.

    ``load`` returns by message id what belongs to these messages, in one query that selects among them: they carry the
    reader's permission. It leaves out messages without the part. Nothing may depend on the viewer, nor on anything that
    changes without the message's version: the ids of people, not their names.

    ``erase`` deletes it when these messages are deleted or have expired, in the same transaction.

    ``from_start``: also new messages may have it. Otherwise posting does not ask for it.
    """

    template: str
    load: Callable[[MessageQuerySet], Mapping[UUID, Any]]
    erase: Callable[[MessageQuerySet], object]
    from_start: bool = False


MESSAGE_PARTS: list[MessagePart] = []


def register_message_part(part: MessagePart) -> None:
    MESSAGE_PARTS.append(part)


def load_message_parts(
    messages: Collection[Message], among: MessageQuerySet | None = None, *, posted: bool = False
) -> None:
    """Load the parts of these messages before they are rendered. One query for each kind of part, none without any.

    ``among``: the messages that the reader may see; None if the fragment is for everyone in the room. ``posted``: the
    messages are new, which most kinds leave out.
    """
    if not MESSAGE_PARTS:
        return
    ids = [message.pk for message in messages if message.deleted_at is None]
    rows = (Message.objects.all() if among is None else among).filter(pk__in=ids)
    kinds = [part for part in MESSAGE_PARTS if ids and (part.from_start or not posted)]
    loaded = [(part.template, part.load(rows)) for part in kinds]
    for message in messages:
        message.parts = [(template, found[message.pk]) for template, found in loaded if message.pk in found]


def erase_message_parts(messages: MessageQuerySet) -> None:
    """These messages are about to be emptied."""
    for part in MESSAGE_PARTS:
        part.erase(messages)
