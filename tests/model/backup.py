"""A whole place goes back to a backup, as ``restore`` brings it back."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.sessions.models import Session
from django.db import transaction

from chat import actions
from chat.live.access import Credentials
from chat.models import Room
from hypertalk.backups import restoring

if TYPE_CHECKING:
    from tests.model.world import World


def make_backup(world: "World") -> None:
    world.backup = transaction.savepoint_create(), world.ledger.copy()
    world.note("a backup is made")


def restore(world: "World") -> None:
    """The database is what it was, with the numbers that ``restore`` gives it; everybody signs in anew."""
    if world.backup is None:
        return
    moment, ledger = world.backup
    here = world.ledger.here
    world.clock.seconds += 1  # whoever restores twice takes longer
    transaction.savepoint_rollback(moment)
    restoring._leap()
    actions.renew_numbers()
    world.ledger = ledger.copy()
    world.ledger.look(world.broken)
    world.ledger.last_sent.clear()  # what was acknowledged since may be sent again, by whoever still has it
    versions = {str(room.pk): room.version for room in Room.objects.all()}
    for room, person in here - world.ledger.here:
        world.ledger.removed_at[room, person] = versions.get(room, 2**62)
    world.rooms = [room for room in world.rooms if room in versions]
    for process in world.processes:  # a place is away for longer than a layer keeps what has no version
        process.layer = [envelope for envelope in process.layer if envelope["delivery"] == "durable"]
    for client in world.clients:
        client.answers_are_lost()
    _sign_in_anew(world)
    for person in world.people:
        person.refresh_from_db()
    world.note("the backup is restored")


def _sign_in_anew(world: "World") -> None:
    """Sessions are not in a backup: whoever was signed in has another one now."""
    Session.objects.all().delete()
    for pk, old in world.credentials.items():
        key = f"s{world.chance.getrandbits(120):x}"
        Session.objects.bulk_create([Session(key, *world.sessions[pk])])
        world.credentials[pk] = Credentials(old.user_id, key, old.auth_hash)


def sessions_of(credentials: dict[int, Credentials]) -> Iterator[tuple[int, tuple[str, datetime]]]:
    """What each session holds, and until when."""
    keys = {one.session_key: pk for pk, one in credentials.items()}
    for session in Session.objects.filter(pk__in=keys):
        yield keys[session.pk], (session.session_data, session.expire_date)
