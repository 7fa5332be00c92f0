"""What people do besides writing in their pages: also what they may not do, and what they did before."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from chat import actions
from chat.errors import ChatError
from chat.models import Ban, Invitation, Member, Message, Person
from chat.models.member import MODERATOR_ROLES

if TYPE_CHECKING:
    from tests.model.world import World

MOMENT = timedelta(microseconds=1)

type Operation = Callable[["World", Person, str], object]


def one(world: "World", person: Person) -> None:
    """A random one."""
    operation = world.chance.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
    operation(world, person, world.chance.choice(world.rooms))


def _messages(room: str) -> list[Message]:
    """Also expired ones: a page may still show them."""
    return list(Message.objects.filter(room=room, deleted_at=None).select_related("author").order_by("seq"))


def _others(room: str) -> list[Member]:
    members = Member.objects.current().select_related("person").filter(room=room)
    return list(members.exclude(role="owner").order_by("pk"))


def _owner(world: "World", room: str) -> Person:
    """A person who has the permission; in a direct conversation any person, who has not."""
    found = Member.objects.current().filter(room=room, role__in=MODERATOR_ROLES).order_by("pk").first()
    return next(p for p in world.people if found is None or p.pk == found.person_id)


def _another(world: "World", person: Person) -> Person:
    return world.chance.choice([other for other in world.people if other.pk != person.pk])


def post(world: "World", person: Person, room: str) -> None:
    """With a plain form."""
    world.post(person, room, world.new_id(), world.words())


def edit(world: "World", person: Person, room: str) -> None:
    if messages := _messages(room):
        message = world.chance.choice(messages)
        world.edit(message.pk, world.words())


def delete(world: "World", person: Person, room: str) -> None:
    if messages := _messages(room):
        message = world.chance.choice(messages).pk
        if not isinstance(world.do(actions.delete_message, person, message), ChatError):
            world.oracle.words[message] = None


def join(world: "World", person: Person, room: str) -> None:
    world.do(actions.join_room, person, UUID(room))


def add(world: "World", person: Person, room: str) -> None:
    world.do(actions.add_member, _owner(world, room), UUID(room), person.username)


def leave(world: "World", person: Person, room: str) -> None:
    world.do(actions.leave_room, person, UUID(room))


def remove(world: "World", person: Person, room: str) -> None:
    if others := _others(room):
        world.do(actions.remove_member, _owner(world, room), UUID(room), world.chance.choice(others).pk)


def rename(world: "World", person: Person, room: str) -> None:
    world.do(actions.rename_person, person, f"Name {world.chance.randrange(1000)}")


def describe(world: "World", person: Person, room: str) -> None:
    chance = world.chance
    writing = {"slow_seconds": chance.choice([0, 0, 5]), "moderators_post_only": chance.random() < 0.1}
    world.do(
        actions.edit_room,
        _owner(world, room),
        UUID(room),
        name=f"r{room[:8]}",
        topic=world.words(),
        **writing,
    )


def archive(world: "World", person: Person, room: str) -> None:
    way = world.chance.choice([actions.archive_room, actions.restore_room, actions.restore_room])
    world.do(way, _owner(world, room), UUID(room))


def role(world: "World", person: Person, room: str) -> None:
    if others := _others(room):
        other, what = world.chance.choice(others), world.chance.choice(["member", "moderator"])
        world.do(actions.set_role, _owner(world, room), UUID(room), other.pk, what)


def ban(world: "World", person: Person, room: str) -> None:
    if others := _others(room):
        other, wipe = world.chance.choice(others), world.chance.random() < 0.5
        membership = room, other.person_id
        world.oracle.banned.add(membership)  # before the oracle looks
        recent = _recent(world, room, other.person_id) if wipe else []
        if isinstance(
            world.do(actions.ban_member, _owner(world, room), UUID(room), other.pk, wipe=wipe), ChatError
        ):
            world.oracle.banned.discard(membership)
        else:
            world.oracle.words.update(dict.fromkeys(recent))


def _recent(world: "World", room: str, author: int) -> list[UUID]:
    """What the person posted there in the last day."""
    since = world.clock.now() - timedelta(days=1)
    return list(
        Message.objects.filter(room=room, author=author, created_at__gte=since).values_list("pk", flat=True)
    )


def lift(world: "World", person: Person, room: str) -> None:
    if active := list(Ban.objects.active().filter(room=room).order_by("pk")):
        found = world.chance.choice(active)
        if not isinstance(world.do(actions.lift_ban, _owner(world, room), found.pk), ChatError):
            world.oracle.banned.discard((room, found.person_id))


def silence(world: "World", person: Person, room: str) -> None:
    if others := _others(room):
        other = world.chance.choice(others)
        membership = room, other.person_id
        if world.chance.random() < 0.5:
            lasting = timedelta(seconds=20)
            outcome = world.do(actions.silence_member, _owner(world, room), UUID(room), other.pk, lasting)
            if not isinstance(outcome, ChatError):
                world.oracle.silence(membership, world.clock.now(), lasting)
        elif not isinstance(
            world.do(actions.unsilence_member, _owner(world, room), UUID(room), other.pk), ChatError
        ):
            world.oracle.silenced.pop(membership, None)


def deactivate(world: "World", person: Person, room: str) -> None:
    """One of the two who own nothing; reactivated soon."""
    person = world.chance.choice(world.people[1:3])
    world.do(world.chance.choice([actions.deactivate_person, actions.reactivate_person]), person)


def direct(world: "World", person: Person, room: str) -> None:
    """With one or two others; sometimes hidden."""
    talk(world, person, {_another(world, person).pk for _ in range(world.chance.choice([1, 1, 2]))})


def talk(world: "World", person: Person, others: set[int]) -> None:
    people = frozenset({person.pk, *others})
    known = people in world.oracle.directs
    made = world.do(actions.open_direct, person, others)
    if isinstance(made, ChatError):
        return
    if not known:
        world.oracle.made_direct(people, str(made.pk), person.pk)
    world.oracle.opened(world.broken, people, str(made.pk), person.pk)
    if str(made.pk) not in world.rooms:
        world.rooms.append(str(made.pk))


def hide_there(world: "World", person: Person, room: str) -> None:
    if not isinstance(world.do(actions.hide_direct, person, UUID(room)), ChatError):
        world.oracle.hidden[room, person.pk] = world.oracle.message_count[room]


def hide(world: "World", person: Person, room: str) -> None:
    """Usually a conversation; a room can't be hidden."""
    directs = sorted(set(world.oracle.directs.values()) & set(world.rooms))
    room = world.chance.choice([*directs, room])
    hide_there(world, person, room)


def block(world: "World", person: Person, room: str) -> None:
    way = world.chance.choice([actions.block_person, actions.unblock_person, actions.unblock_person])
    world.do(way, person, _another(world, person).pk)


def invite(world: "World", person: Person, room: str) -> None:
    owner = _owner(world, room)
    if world.chance.random() < 0.5:
        made = world.do(actions.invite_person, owner, UUID(room), _another(world, owner).pk)
    else:
        made = world.do(
            actions.make_link, owner, UUID(room), days=1, most_uses=world.chance.choice([1, 2, None])
        )
    if isinstance(made, Invitation):
        world.oracle.invited(made)


def _any_invitation(world: "World", share: float) -> tuple[Invitation, Person | None] | None:
    """Any invitation ever made, also one that is no longer valid; and, for a share of the personal ones, for whom."""
    known = sorted(world.oracle.invites)
    if not known:
        return None
    found = Invitation.objects.get(pk=world.chance.choice(known))
    if found.person_id and world.chance.random() < share:
        return found, next(person for person in world.people if person.pk == found.person_id)
    return found, None


def accept(world: "World", person: Person, room: str) -> None:
    if chosen := _any_invitation(world, 0.8):
        found, invited = chosen
        come_in(world, invited or person, found)


def come_in(world: "World", person: Person, found: Invitation) -> None:
    before = world.oracle.copy() if (str(found.room_id), person.pk) not in world.oracle.inside else None
    outcome = world.do(actions.accept_invitation, person, found.token)
    if before is not None and not isinstance(outcome, ChatError):
        before.accepted(world.broken, found.pk, person.pk, world.clock.now())
        world.oracle.invites[found.pk].came.append(person.pk)


def take_back(world: "World", person: Person, room: str) -> None:
    chosen = _any_invitation(world, 0.5)
    if chosen is None:
        return
    found, invited = chosen
    if invited is not None:
        outcome = world.do(actions.decline_invitation, invited, found.pk)
    else:
        outcome = world.do(actions.revoke_invitation, _owner(world, str(found.room_id)), found.pk)
    if not isinstance(outcome, ChatError):
        world.oracle.invites[found.pk].over = True


def expire(world: "World", person: Person, room: str) -> None:
    """Like the hourly job, but up to any message's time; its rows are emptied now or much later."""
    if moments := sorted(set(Message.objects.filter(room=room).values_list("created_at", flat=True))):
        expire_there(world, room, world.chance.choice(moments) + world.chance.choice([0, 1]) * MOMENT)
    if world.chance.random() < 0.5:
        empty_all(world)


def expire_there(world: "World", room: str, before: datetime) -> None:
    world.do(_expire, world.people[0], room, before)
    world.oracle.expire(room, before)


def empty_all(world: "World") -> None:
    world.do(_empty, world.people[0])


def _expire(_: Person, room: str, before: datetime) -> None:
    actions.expire_before(UUID(room), before)


def _empty(_: Person) -> None:
    while actions.empty_some():
        pass


# Each with its relative frequency.
OPERATIONS: dict[Operation, int] = {
    post: 20,
    edit: 14,
    delete: 7,
    join: 8,
    add: 4,
    leave: 4,
    remove: 5,
    rename: 4,
    describe: 3,
    archive: 2,
    role: 3,
    ban: 3,
    lift: 4,
    silence: 4,
    deactivate: 3,
    direct: 6,
    hide: 4,
    block: 2,
    invite: 8,
    accept: 16,
    take_back: 1,
    expire: 4,
}
