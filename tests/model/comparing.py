"""How a run must end: the network works again, every screen agrees with the database, and the database with the oracle."""

import re
from typing import TYPE_CHECKING, Any

from chat.events.rendering import member_html, message_html, title_html
from chat.models import Invitation, Member, Message, Person, Room
from tests.support.screen import rows_of

if TYPE_CHECKING:
    from tests.model.client import Client
    from tests.model.world import World


async def heal(world: "World") -> None:
    """One beat arrives, everyone wakes and signs in, and everything is delivered."""
    world.losing, world.calm = 0, True
    for client in world.clients:
        if client.asleep:
            await client.sleep_or_wake()
        elif client.code is not None or (client.is_open and client.person.pk in world.unheard):
            await client.come_again()
    await drain(world)
    for process in world.processes:
        await process.hub.beat()
    await drain(world)
    for client in world.clients:
        client.burst()


async def drain(world: "World") -> None:
    """Go on until nothing is in transit and no page needs anything."""
    for turn in range(600):
        world.clock.seconds += 2  # nudges and slow mode need time, too
        await world.settle()
        for process in world.processes:
            while process.layer:
                process.hub.receive(process.layer.pop(0))
        while world.late:
            world.late_post()
        await world.settle()
        for client in world.clients:
            while client.inbox:
                client.hear(client.inbox.pop(0))
            if client.code is not None or client.connects:
                await client.come_again()
            if client.asking:
                client.ask_on()
            if client.is_open:
                client.send_on()
        if (
            turn
            and not any(map(_busy, world.clients))
            and not any(process.layer for process in world.processes)
        ):
            return
    raise AssertionError(f"the pages never come to rest: {[_busy(client) for client in world.clients]}")


def _busy(client: "Client") -> object:
    sends = client.is_open and (client.box.rooms() or client.under_way)
    return client.asking or client.inbox or sends or client.connects or client.code is not None


def compare(world: "World") -> None:
    """Raises AssertionError for every difference."""
    _database(world)
    for client in world.clients:
        if client.is_open:
            _list(world, client)
            if client.page is not None:
                _window(world, client)


def _database(world: "World") -> None:
    """The database contains what people did."""
    oracle = world.oracle
    for room in Room.objects.all():
        seqs = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
        posted = oracle.message_count[str(room.pk)]
        assert seqs == list(range(1, posted + 1)), f"{room} has {seqs} instead of {posted} messages"
        assert room.last_seq == posted, (room, room.last_seq, posted)
        gone = oracle.expired.get(str(room.pk), 0)
        assert room.first_seq == gone + 1, (room, room.first_seq, gone)
        for message in Message.objects.filter(room=room, seq__gt=gone):
            said_last = None if message.deleted_at else message.body
            meant = oracle.words[message.pk]
            assert said_last == meant, f"{message.pk} says {said_last!r} instead of {meant!r}"
        late = Message.objects.filter(room=room, seq__lte=gone, version__gt=room.floor)
        assert not late, f"{room} has news of what it does not keep: {list(late)}"
    for room_id, person, read in Member.objects.filter(active=True).values_list("room", "person", "read_seq"):
        assert read == oracle.read[str(room_id), person], (
            room_id,
            person,
            read,
            oracle.read[str(room_id), person],
        )
    messages = {
        pk: (str(room), author) for pk, room, author in Message.objects.values_list("pk", "room", "author")
    }
    for message, membership in oracle.acknowledged.items():
        assert messages.get(message) == membership, (
            f"{message} of {membership} was acknowledged, and is {messages.get(message)}"
        )
    assert messages.keys() == oracle.acknowledged.keys(), "messages that nobody sent"
    waiting = {item for box in world.boxes.values() for item in box.items}
    assert not (lost := world.written - world.kept - waiting), f"written in vain: {sorted(lost)}"
    prints = list(Message.objects.exclude(fingerprint="").values_list("fingerprint", flat=True))
    assert len(prints) == len(set(prints)), "something was kept twice"
    sets = [
        frozenset(Member.objects.filter(room=room).values_list("person", flat=True))
        for room in Room.objects.filter(kind=Room.Kind.DIRECT)
    ]
    assert len(sets) == len(set(sets)), f"two conversations of the same people: {sets}"
    for invitation in Invitation.objects.filter(pk__in=oracle.invites, most_uses__isnull=False):
        came = oracle.invites[invitation.pk].came
        assert max(len(came), invitation.uses) <= (invitation.most_uses or 0), f"{invitation} was used {came}"


def _list(world: "World", client: "Client") -> None:
    """The person's rooms, and no others, each with its unread count."""
    oracle, me = world.oracle, client.person.pk
    mine = {room: (room, me) for room, person in oracle.here if person == me}
    last = {
        str(room): (author, None if deleted else excerpt)
        for room, seq, author, excerpt, deleted in Message.objects.order_by("seq").values_list(
            "room", "seq", "author", "excerpt", "deleted_at"
        )
        if seq > oracle.expired.get(str(room), 0)
    }
    expected = {
        room: (
            oracle.message_count[room],
            max(0, oracle.message_count[room] - oracle.read[membership]),
            (hidden := oracle.hidden[membership]) is not None and oracle.message_count[room] <= hidden,
            last.get(room),
        )
        for room, membership in mine.items()
    }
    shown = {
        room: (row.last_seq, row.unread, row.hidden, row.last) for room, row in client.room_list.rows.items()
    }
    odd = {room: (shown.get(room), expected.get(room)) for room in sorted(shown.keys() | expected.keys())}
    odd = {room: both for room, both in odd.items() if both[0] != both[1]}
    assert not odd, f"the list of {client.person} (shown, true: last, unread, hidden, line): {odd}"


def _window(world: "World", client: "Client") -> None:
    """The page of a member shows what the database contains, and holds its version."""
    page, room = client.page, Room.objects.get(pk=client.shows)
    assert page
    here = (str(room.pk), client.person.pk) in world.oracle.here
    assert here, f"{client.person} still looks at a room they are not in"
    assert page.held == room.version, (client.person, page.held, room.version)
    gone = world.oracle.expired.get(str(room.pk), 0)
    messages = Message.objects.shown().filter(room=room, seq__gt=gone, seq__gte=page.low or 1)
    if page.high is not None:
        messages = messages.filter(seq__lte=page.high)
    people = Member.objects.current().select_related("person__user").filter(room=room)
    fragments = [*map(message_html, messages), *map(member_html, people), title_html(room)]
    expected = {row.key: html for fragment in fragments for row, html in rows_of(fragment)}
    shown = {key: html for key, html in client.shown.items() if "data-left" not in html}
    odd = {key: (shown.get(key), expected.get(key)) for key in sorted(shown.keys() ^ expected.keys())}
    assert not odd, (client.person, page.low, page.at_start, odd)
    names = {str(p.pk): (p.version, p.display_name) for p in Person.objects.all()}
    for key, html in expected.items():
        assert drawn(shown[key], client.names) == drawn(html, names), (client.person, key)
    bubbles = {key for key, row in page.rows.items() if row.version == 0}
    failed = {f"message-{item.id}" for item in client.box.mine() if item.room == client.shows}
    assert bubbles == failed, f"{client.person} sees bubbles {bubbles} instead of {failed}"


def drawn(html: str, names: dict[str, tuple[int, str]]) -> tuple[Any, ...]:
    """What a fragment shows, with the name as the page corrects it."""
    who = re.search(r'data-(?:author|person)="(\d+)"', html)
    name = names[who[1]][1] if who else ""
    rest = re.sub(r' data-(?:author|person)-version="\d+"', "", html)
    rest = re.sub(r'(class="(?:message|person)__name"[^>]*>)[^<]*', r"\1", rest)
    rest = re.sub(r'(<span class="avatar[^>]*>)[^<]*', r"\1", rest)
    return name, rest
