"""What the place keeps of somebody, for themselves (docs/export.md): a ZIP of JSON, a few rows at a time in memory."""

import json
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder

from chat.models import Draft, Member, Message, Person, Picture, Room

ROWS = 500  # read at a time


def export_of(person: Person) -> IO[bytes]:
    """Open at its beginning, and gone when it is closed. Six queries, and memory for ``ROWS`` messages."""
    file = TemporaryFile()  # noqa: SIM115 - the answer reads it, and closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("profile.json", _json(_profile(person)))
        _write(archive, "rooms.json", _rooms(person))
        _write(archive, "messages.json", _messages(person))
        _write(archive, "drafts.json", _drafts(person))
        for picture in Picture.objects.filter(person=person):
            archive.writestr("picture.webp", bytes(picture.webp))
    file.seek(0)
    return file


def _profile(person: Person) -> dict[str, Any]:
    user: Any = person.user  # the project's own user model
    return {
        "display_name": person.display_name,
        "username": person.username,
        "email": getattr(user, user.get_email_field_name(), ""),
        "pronouns": person.pronouns,
        "about": person.about,
        "time_zone": person.time_zone,
        "language": person.language,
        "theme": person.theme,
        "role": person.workspace_role,
    }


def _rooms(person: Person) -> Iterable[dict[str, Any]]:
    """Where somebody is or was. Of a room they left, what it is called now is not theirs to know."""
    others: dict[Any, list[str]] = {}
    directs = Member.objects.filter(room__kind=Room.Kind.DIRECT, room__in=Room.objects.joined_by(person))
    for room_id, name in directs.exclude(person=person).values_list("room", "person__display_name"):
        others.setdefault(room_id, []).append(name)
    for member in Member.objects.filter(person=person).select_related("room").order_by("room"):
        about: dict[str, Any] = {"id": member.room_id, "kind": member.room.kind, "left": not member.active}
        if member.active and member.room.kind == Room.Kind.DIRECT:
            about["with"] = sorted(others.get(member.room_id, []))
        elif member.active:
            about |= {"name": member.room.name, "topic": member.room.topic, "role": member.role}
            about["archived"] = member.room.archived_at
        yield about


def _messages(person: Person) -> Iterable[dict[str, Any]]:
    for message in (
        Message.objects.retained().filter(author=person).order_by("created_at", "pk").iterator(ROWS)
    ):
        yield {
            "id": message.pk,
            "room": message.room_id,
            "text": message.body,
            "sent": message.created_at,
            "edited": message.edited_at,
            "deleted": message.deleted_at,
        }


def _drafts(person: Person) -> Iterable[dict[str, Any]]:
    for draft in Draft.objects.filter(person=person).order_by("typed_at", "pk").iterator(ROWS):
        yield {"room": draft.room_id, "text": draft.body, "typed": draft.typed_at}


def _write(archive: ZipFile, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """A JSON list, one line for each of its rows."""
    with archive.open(name, "w", force_zip64=True) as entry:
        between = "[\n"
        for row in rows:
            entry.write((between + _json(row)).encode())
            between = ",\n"
        entry.write(b"[]\n" if between == "[\n" else b"\n]\n")


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
