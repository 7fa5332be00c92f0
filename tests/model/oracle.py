"""The oracle: the expected state after each operation, by plain counting. It knows no versions, locks or SQL."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chat.models import Invitation, Member

type Membership = tuple[str, int]  # a room, and a person in it


@dataclass
class Invite:
    """``made``: when, counted in operations. ``came``: the people who joined by it."""

    room: str
    person: int | None
    most: int | None
    made: int
    expires: datetime
    by: int
    over: bool = False
    came: list[int] = field(default_factory=list)


@dataclass
class Oracle:
    """``inside`` are memberships, ``here`` those of people with an active account; ``message_count`` is by room.

    ``sent_at``: when each was sent. ``expired``: how many have expired. ``words``: a message's current text, None for a
    deleted one.
    """

    operations: int = 0
    inside: set[Membership] = field(default_factory=set)
    here: set[Membership] = field(default_factory=set)
    roles: dict[Membership, str] = field(default_factory=dict)
    left: dict[Membership, int] = field(default_factory=dict)
    removed_at: dict[Membership, int] = field(default_factory=dict)
    message_count: dict[str, int] = field(default_factory=dict)
    sent_at: dict[str, list[datetime]] = field(default_factory=dict)
    expired: dict[str, int] = field(default_factory=dict)
    read: dict[Membership, int] = field(default_factory=dict)
    hidden: dict[Membership, int | None] = field(default_factory=dict)
    banned: set[Membership] = field(default_factory=set)
    silenced: dict[Membership, datetime] = field(default_factory=dict)
    directs: dict[frozenset[int], str] = field(default_factory=dict)
    invites: dict[UUID, Invite] = field(default_factory=dict)
    acknowledged: dict[UUID, Membership] = field(default_factory=dict)
    words: dict[UUID, str | None] = field(default_factory=dict)
    last_sent: dict[Membership, UUID] = field(default_factory=dict)

    def copy(self) -> "Oracle":
        return deepcopy(self)

    def look(self, broken: list[str]) -> None:
        """Who is in which room, after an operation. One query."""
        self.operations += 1
        rows = Member.objects.values_list(
            "room", "person", "active", "person__user__is_active", "version", "role"
        )
        inside, here = set(), set()
        for room_id, person, active, account, version, role in rows:
            membership = str(room_id), person
            self.roles[membership] = role
            if active:
                inside.add(membership)
                if membership not in self.inside:
                    self.read[membership] = self.message_count.setdefault(membership[0], 0)
                    self.hidden.setdefault(membership, None)
            elif membership in self.inside:
                self.left[membership] = self.operations
            if active and account:
                here.add(membership)
            elif membership in self.here:
                self.removed_at[membership] = version
        for membership in here:
            self.removed_at.pop(membership, None)
        self.inside, self.here = inside, here
        if shut := sorted(here & self.banned):
            broken.append(f"in a room that they are banned from: {shut}")

    # Results of operations

    def posted(
        self, broken: list[str], membership: Membership, message: UUID, body: str, seq: int, now: datetime
    ) -> None:
        """A message that did not exist before."""
        self.words[message] = body
        room = membership[0]
        self.message_count[room] += 1
        self.sent_at.setdefault(room, []).append(now)
        if seq != self.message_count[room]:
            broken.append(f"message {message} has the number {seq} instead of {self.message_count[room]}")
        if membership not in self.here:
            broken.append(f"{membership} posted without being in the room")
        if self.silenced.get(membership, now) > now:
            broken.append(f"{membership} posted while silenced")
        self.read[membership] = seq

    def expire(self, room: str, before: datetime) -> None:
        """Messages sent before then expired, and don't count as unread."""
        old = sum(sent < before for sent in self.sent_at.get(room, []))
        self.expired[room] = gone = max(old, self.expired.get(room, 0))
        for membership in self.read:
            if membership[0] == room:
                self.read[membership] = max(gone, self.read[membership])

    def sent(self, broken: list[str], membership: Membership, message: UUID) -> None:
        """Sent by an outbox for the first time: in the order of writing."""
        if self.last_sent.get(membership, message) > message:
            broken.append(f"{membership} sent {message} after a later one")
        self.last_sent[membership] = message

    def opened(self, broken: list[str], people: frozenset[int], room: str, by: int) -> None:
        if self.directs.setdefault(people, room) != room:
            broken.append(f"two conversations of {sorted(people)}: {room} and {self.directs[people]}")
        self.hidden[room, by] = None

    def made_direct(self, people: frozenset[int], room: str, by: int) -> None:
        for person in people - {by}:
            self.hidden[room, person] = 0

    def invited(self, made: Invitation) -> None:
        self.invites.setdefault(
            made.pk,
            Invite(
                str(made.room_id),
                made.person_id,
                made.most_uses,
                self.operations,
                made.expires_at,
                made.invited_by_id,
            ),
        )

    def accepted(self, broken: list[str], pk: UUID, person: int, now: datetime) -> None:
        """Whether a person who was not in the room joined by it. Called before ``look``."""
        invite = self.invites[pk]
        membership = invite.room, person
        invite.came.append(person)
        wrong = {
            "it was over": invite.over,
            "it had expired": invite.expires <= now,
            "it was used up": invite.most is not None and len(invite.came) > invite.most,
            "it was for somebody else": invite.person not in {None, person},
            "they left since": self.left.get(membership, -1) > invite.made,
            "who made it may not": self.roles.get((invite.room, invite.by)) not in {"owner", "moderator"}
            or (invite.room, invite.by) not in self.here,
        }
        broken.extend(
            f"{membership} came in by {pk}, although {why}" for why, is_so in wrong.items() if is_so
        )

    def silence(self, membership: Membership, now: datetime, lasting: timedelta) -> None:
        self.silenced[membership] = now + lasting

    def read_up_to(self, membership: Membership, seq: int) -> None:
        self.read[membership] = max(self.read.get(membership, 0), min(seq, self.message_count[membership[0]]))
