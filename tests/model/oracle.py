"""The oracle: the expected state after each operation, by plain counting. It knows no versions, locks or SQL."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from chat.models import Invitation, Member

type Place = tuple[str, int]  # a room, and a person in it


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
class Ledger:
    """``inside`` are memberships, ``here`` those of people with an active account; ``said`` counts a room's messages.

    ``sent_at``: when each was sent. ``forgotten``: how many have expired. ``words``: a message's current text, None for a
    deleted one.
    """

    deeds: int = 0
    inside: set[Place] = field(default_factory=set)
    here: set[Place] = field(default_factory=set)
    roles: dict[Place, str] = field(default_factory=dict)
    left: dict[Place, int] = field(default_factory=dict)
    removed_at: dict[Place, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    sent_at: dict[str, list[datetime]] = field(default_factory=dict)
    forgotten: dict[str, int] = field(default_factory=dict)
    read: dict[Place, int] = field(default_factory=dict)
    hidden: dict[Place, int | None] = field(default_factory=dict)
    banned: set[Place] = field(default_factory=set)
    silenced: dict[Place, datetime] = field(default_factory=dict)
    directs: dict[frozenset[int], str] = field(default_factory=dict)
    invites: dict[UUID, Invite] = field(default_factory=dict)
    acknowledged: dict[UUID, Place] = field(default_factory=dict)
    words: dict[UUID, str | None] = field(default_factory=dict)
    last_sent: dict[Place, UUID] = field(default_factory=dict)

    def copy(self) -> "Ledger":
        return deepcopy(self)

    def look(self, broken: list[str]) -> None:
        """Who is in which room, after an operation. One query."""
        self.deeds += 1
        rows = Member.objects.values_list(
            "room", "person", "active", "person__user__is_active", "version", "role"
        )
        inside, here = set(), set()
        for room_id, person, active, account, version, role in rows:
            place = str(room_id), person
            self.roles[place] = role
            if active:
                inside.add(place)
                if place not in self.inside:
                    self.read[place] = self.said.setdefault(place[0], 0)
                    self.hidden.setdefault(place, None)
            elif place in self.inside:
                self.left[place] = self.deeds
            if active and account:
                here.add(place)
            elif place in self.here:
                self.removed_at[place] = version
        for place in here:
            self.removed_at.pop(place, None)
        self.inside, self.here = inside, here
        if shut := sorted(here & self.banned):
            broken.append(f"in a room that they are banned from: {shut}")

    # Results of operations

    def posted(
        self, broken: list[str], place: Place, message: UUID, body: str, seq: int, now: datetime
    ) -> None:
        """A message that did not exist before."""
        self.words[message] = body
        room = place[0]
        self.said[room] += 1
        self.sent_at.setdefault(room, []).append(now)
        if seq != self.said[room]:
            broken.append(f"message {message} has the number {seq} instead of {self.said[room]}")
        if place not in self.here:
            broken.append(f"{place} posted without being in the room")
        if self.silenced.get(place, now) > now:
            broken.append(f"{place} posted while silenced")
        self.read[place] = seq

    def forgot(self, room: str, before: datetime) -> None:
        """Messages sent before then expired, and don't count as unread."""
        old = sum(sent < before for sent in self.sent_at.get(room, []))
        self.forgotten[room] = gone = max(old, self.forgotten.get(room, 0))
        for place in self.read:
            if place[0] == room:
                self.read[place] = max(gone, self.read[place])

    def sent(self, broken: list[str], place: Place, message: UUID) -> None:
        """Sent by an outbox for the first time: in the order of writing."""
        if self.last_sent.get(place, message) > message:
            broken.append(f"{place} sent {message} after a later one")
        self.last_sent[place] = message

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
                self.deeds,
                made.expires_at,
                made.invited_by_id,
            ),
        )

    def accepted(self, broken: list[str], pk: UUID, person: int, now: datetime) -> None:
        """Whether a person who was not in the room joined by it. Called before ``look``."""
        invite = self.invites[pk]
        place = invite.room, person
        invite.came.append(person)
        wrong = {
            "it was over": invite.over,
            "it had expired": invite.expires <= now,
            "it was used up": invite.most is not None and len(invite.came) > invite.most,
            "it was for somebody else": invite.person not in {None, person},
            "they left since": self.left.get(place, -1) > invite.made,
            "who made it may not": self.roles.get((invite.room, invite.by)) not in {"owner", "moderator"}
            or (invite.room, invite.by) not in self.here,
        }
        broken.extend(f"{place} came in by {pk}, although {why}" for why, is_so in wrong.items() if is_so)

    def silence(self, place: Place, now: datetime, lasting: timedelta) -> None:
        self.silenced[place] = now + lasting

    def read_up_to(self, place: Place, seq: int) -> None:
        self.read[place] = max(self.read.get(place, 0), min(seq, self.said[place[0]]))
