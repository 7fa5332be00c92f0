"""A backup of an older workspace on SQLite may have characters that PostgreSQL refuses: they are named, and left out."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from chat import actions
from chat.models import AuditEntry, Member, Message, Person, Room
from hypertalk.backups.archive import PIECE
from hypertalk.backups.refused import Looking, clean
from tests.conftest import say

pytestmark = pytest.mark.django_db(transaction=True)

type Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def told(alice: Person, bob: Person, room: Room) -> Message:
    """A message of Alice; and an entry of the audit log, whose details are JSON."""
    actions.set_role(alice, room.pk, Member.objects.get(room=room, person=bob).pk, "moderator")
    say(bob, room, "Untouched \\u0000 and 🙂")
    return say(alice, room, "Told")


@pytest.fixture
def rewritten(told: Message, tmp_path: Path) -> Callable[..., Path]:
    """A backup in which the rows of a table were changed, with correct checksums: table=function of a row."""

    def make(**changes: Change) -> Path:
        whole, path = tmp_path / "whole.zip", tmp_path / "changed.zip"
        call_command("backup", str(whole), verbosity=0)
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
            manifest = json.loads(old.read("manifest.json"))
            for table, change in changes.items():
                part = manifest["tables"][table]
                lines = []
                for line in old.read(f"tables/{table}.jsonl").splitlines():
                    row = dict(zip(part["columns"], json.loads(line), strict=True))
                    change(row)
                    lines.append(json.dumps(list(row.values())).encode() + b"\n")
                content = b"".join(lines)
                part["sha256"] = hashlib.sha256(content).hexdigest()
                new.writestr(f"tables/{table}.jsonl", content)
            for name in old.namelist():
                if (
                    name != "manifest.json"
                    and name.removeprefix("tables/").removesuffix(".jsonl") not in changes
                ):
                    new.writestr(name, old.read(name))
            new.writestr("manifest.json", json.dumps(manifest))
        return path

    return make


def with_nul(row: dict[str, Any]) -> None:
    if row["body"] == "Told":
        row["body"], row["html"] = "To\0ld \ud83d!", "<p>To\0ld</p>"


def with_odd_json(row: dict[str, Any]) -> None:
    row["details"] = '{"a\\u0000": ["x\\ud800y", {"b": NaN}], "c": -Infinity, "d": "\\ud83d\\ude42"}'


def test_the_check_names_the_table_the_row_and_the_column(
    rewritten: Callable[..., Path], told: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rewritten(chat_message=with_nul, chat_auditentry=with_odd_json)
    call_command("restore", str(path), "--check")
    out = capsys.readouterr().out
    assert "is complete" in out
    entry = AuditEntry.objects.get().pk
    assert sorted(line for line in out.splitlines() if line.startswith("  ")) == [
        f"  chat_auditentry {entry}: details has -Infinity, NaN, U+0000, U+D800",
        f"  chat_message {told.pk.hex}: body has U+0000, U+D83D",
        f"  chat_message {told.pk.hex}: html has U+0000",
    ]
    assert "\0" not in out


def test_the_restore_says_so_and_leaves_exactly_these_out(
    rewritten: Callable[..., Path], told: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rewritten(chat_message=with_nul, chat_auditentry=with_odd_json)
    call_command("restore", str(path), "--replace", "--yes")
    out = capsys.readouterr().out
    assert "body has U+0000, U+D83D" in out
    assert "Restored." in out
    back = Message.objects.get(pk=told.pk)
    assert (back.body, back.html) == ("Told \ufffd!", "<p>Told</p>")
    assert Message.objects.get(seq=1).body == "Untouched \\u0000 and 🙂"
    assert AuditEntry.objects.get().details == {"a": ["x\ufffdy", {"b": None}], "c": None, "d": "🙂"}


def test_a_backup_of_good_rows_names_nothing(
    rewritten: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = rewritten()
    call_command("restore", str(path), "--check")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_many_are_counted_and_not_listed(
    rewritten: Callable[..., Path],
    alice: Person,
    room: Room,
    capsys: pytest.CaptureFixture[str],
    settings: Any,
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    for number in range(60):
        say(alice, room, f"Told {number}")

    def all_of_them(row: dict[str, Any]) -> None:
        row["body"] += "\0"
        row["excerpt"] += "\0"

    call_command("restore", str(rewritten(chat_message=all_of_them)), "--check")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "  and 24 more"
    assert len(lines) == 103


def test_rows_that_are_none_are_refused_by_the_check(rewritten: Callable[..., Path], tmp_path: Path) -> None:
    def odd(row: dict[str, Any]) -> None:
        row["body"] = "\0"
        del row["html"]

    with pytest.raises(CommandError, match="rows of chat_message that can't be read"):
        call_command("restore", str(rewritten(chat_message=odd)), "--check", verbosity=0)


def test_an_escape_that_two_pieces_share_is_seen() -> None:
    looking = Looking()
    looking("one", b"x" * PIECE)
    looking("two", b"x" * (PIECE - 1) + b"\\")
    looking("two", b"u0000")
    looking("three", b'["\\u0000"]')
    assert looking.tables == {"two", "three"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("plain", "a\\u0000b NaN \ufffd 🙂"),
        ("plain", None),
        ("plain", 7),
        ("json", '{"a": "NaN \\\\u0000 \\ud83d\\ude42", "b": 1e400, "c": 0.10}'),
        ("uuid", "0" * 32),
    ],
)
def test_whatever_a_database_takes_stays_as_it_is(kind: str, value: Any) -> None:
    row = [value]
    assert clean({"x": kind}, row) == {}
    assert row == [value]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps NUL")
def test_a_workspace_of_an_older_release_can_be_restored(
    told: Message, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Message.objects.filter(pk=told.pk).update(html="https://example.com/\0x")
    path = tmp_path / "old.zip"
    call_command("backup", str(path), verbosity=0)
    call_command("restore", str(path), "--replace", "--yes")
    assert f"chat_message {told.pk.hex}: html has U+0000" in capsys.readouterr().out
    assert Message.objects.get(pk=told.pk).html == "https://example.com/x"
