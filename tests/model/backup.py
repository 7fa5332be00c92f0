"""Restores the whole workspace from a backup, as ``restore`` does."""

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
    world.backup = transaction.savepoint_create(), world.oracle.copy()
    world.note("a backup is made")


def restore(world: "World") -> None:
    """The database as it was, with the numbers that ``restore`` assigns; everyone signs in again."""
    if world.backup is None:
        return
    moment, oracle = world.backup
    here = world.oracle.here
    world.clock.seconds += 1  # a second restore never follows sooner than this
    transaction.savepoint_rollback(moment)
    restoring._leap()
    actions.renew_numbers()
    world.oracle = oracle.copy()
    world.oracle.look(world.broken)
    world.oracle.last_sent.clear()  # messages acknowledged since may be sent again, by pages that still have them
    versions = {str(room.pk): room.version for room in Room.objects.all()}
    for room, person in here - world.oracle.here:
        world.oracle.removed_at[room, person] = versions.get(room, 2**62)
    world.rooms = [room for room in world.rooms if room in versions]
    for process in world.processes:  # down for longer than a layer stores messages without a version
        process.layer = [envelope for envelope in process.layer if envelope["delivery"] == "durable"]
    for client in world.clients:
        client.answers_are_lost()
    _sign_in_anew(world)
    for person in world.people:
        person.refresh_from_db()
    world.note("the backup is restored")


def _sign_in_anew(world: "World") -> None:
    """Backups contain no sessions: everyone who was signed in gets a new one."""
    Session.objects.all().delete()
    for pk, old in world.credentials.items():
        key = f"s{world.chance.getrandbits(120):x}"
        Session.objects.bulk_create([Session(key, *world.sessions[pk])])
        world.credentials[pk] = Credentials(old.user_id, key, old.auth_hash)


def sessions_of(credentials: dict[int, Credentials]) -> Iterator[tuple[int, tuple[str, datetime]]]:
    """Each session's data and expiry."""
    keys = {one.session_key: pk for pk, one in credentials.items()}
    for session in Session.objects.filter(pk__in=keys):
        yield keys[session.pk], (session.session_data, session.expire_date)
