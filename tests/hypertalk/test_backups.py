"""Backup and restore on the current database: the way there and back, and everything that must be refused."""

import hashlib
import json
import resource
import shutil
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from chat import actions
from chat.models import AuditEntry, Member, Message, Person, Picture, Room
from chat.queries import catching_up
from hypertalk.accounts.models import Workspace
from hypertalk.backups import BackupError
from hypertalk.backups.tables import LEFT_OUT, tables
from hypertalk.backups.target import whole_file
from hypertalk.jobs.models import Job
from tests.conftest import client_of, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled_room(alice: Person, bob: Person, room: Room) -> Room:
    """A room with unusual text, pictures, the workspace's name, an audit log entry, and Bob signed in."""
    say(alice, room, 'A "quote", a \\ backslash, a\ttab\nand ไทย, български, 🙂 \\n')
    actions.delete_message(bob, say(bob, room, "Gone").pk)
    with transaction.atomic():
        actions.edit_message(alice, say(alice, room).pk, body="Edited \\\\ **bold**")
    Picture.objects.create(person=bob, digest="d" * 16, webp=bytes(range(256)))
    workspace = Workspace(name="Harbour & Sons")
    workspace.show(bytes(range(256)))
    workspace.save()
    member = Member.objects.get(room=room, person=bob)
    actions.set_role(alice, room.pk, member.pk, "moderator")
    Room.objects.filter(pk=room.pk).update(created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    client_of(bob)
    return Room.objects.get(pk=room.pk)


@pytest.fixture
def backup(filled_room: Room, tmp_path: Path) -> Path:
    path = tmp_path / "workspace.zip"
    call_command("backup", str(path), verbosity=0)
    return path


def contents(path: Path) -> dict[str, list[str]]:
    """The sorted rows of each table, without the numbers that a restore renews."""
    with zipfile.ZipFile(path) as file:
        manifest = json.loads(file.read("manifest.json"))
        found = {}
        for name, part in manifest["tables"].items():
            rows = [
                dict(zip(part["columns"], json.loads(line), strict=True))
                for line in file.read(f"tables/{name}.jsonl").splitlines()
            ]
            for column in [column for column, kind in part["columns"].items() if kind == "json"]:
                for row in rows:  # PostgreSQL keeps the content, but not the order
                    row[column] = row[column] and json.loads(row[column])
            renewed = {"chat_room": ("version", "floor", "epoch"), "chat_person": ("version",)}.get(name, ())
            found[name] = sorted(
                json.dumps({k: v for k, v in row.items() if k not in renewed}, sort_keys=True) for row in rows
            )
        return found


def restore(path: Path, *options: str) -> None:
    call_command("restore", str(path), *options, verbosity=0)


def test_all_comes_back_as_it_was_and_what_came_since_is_gone(
    backup: Path, alice: Person, filled_room: Room, make_person, tmp_path: Path
) -> None:
    taken = contents(backup)
    assert len(taken["chat_message"]) == 3
    say(alice, filled_room, "Too late")
    make_person("Dora")
    restore(backup, "--replace", "--yes")
    again = tmp_path / "again.zip"
    call_command("backup", str(again), verbosity=0)
    assert contents(again) == taken
    assert bytes(Picture.objects.get().webp) == bytes(range(256))
    assert not Person.objects.filter(display_name="Dora").exists()
    assert not Session.objects.exists()
    assert client_of(alice).get(f"/rooms/{filled_room.pk}/").status_code == 200


def test_pages_of_before_start_over_and_no_number_comes_again(
    backup: Path, alice: Person, bob: Person, filled_room: Room, make_person
) -> None:
    lost = [say(alice, filled_room, f"Lost {n}") for n in range(3)]
    held, epoch = Room.objects.get(pk=filled_room.pk).version, filled_room.epoch
    dora = make_person("Dora")
    restore(backup, "--replace", "--yes")
    for n in range(4):
        say(bob, filled_room, f"Instead {n}")
    room = Room.objects.get(pk=filled_room.pk)
    answer = catching_up.since(room, held)
    assert answer.start_over
    html = "".join(answer.fragments)
    assert "Instead 3" in html
    assert "Lost" not in html
    assert catching_up.since(room, answer.version).fragments == []
    assert room.version == room.floor + 4
    assert room.epoch > epoch
    assert room.version < 2**53, "scripts could not count it"
    assert not Message.objects.filter(version__in=[m.version for m in lost], seq__gt=3).exists()
    assert Person.objects.get(pk=bob.pk).version > bob.version
    assert make_person("Emil").pk > dora.pk + 1000
    # A message that the restore lost may be sent again by the page that sent it.
    again = actions.post_message(alice, filled_room.pk, id=lost[0].pk, body="Lost 0")
    assert again.created
    restore(backup, "--replace", "--yes")
    assert Room.objects.get(pk=filled_room.pk).version > room.version, (
        "restored twice, and numbers came twice"
    )


def test_what_expired_since_is_back_until_the_next_turn_and_pages_see_it_go_again(
    tmp_path: Path, alice: Person, filled_room: Room
) -> None:
    Message.objects.filter(room=filled_room).update(created_at=datetime(2026, 1, 2, tzinfo=UTC))
    path = tmp_path / "before.zip"
    call_command("backup", str(path), verbosity=0)
    actions.edit_room(alice, filled_room.pk, name=filled_room.name, topic=filled_room.topic, keep_days=30)
    Room.objects.filter(pk=filled_room.pk).update(keep_days=None)
    gone = Room.objects.get(pk=filled_room.pk)
    assert gone.first_seq == gone.last_seq + 1
    restore(path, "--replace", "--yes")
    back = Room.objects.get(pk=filled_room.pk)
    answer = catching_up.since(back, gone.version)
    assert (back.first_seq, answer.start_over, answer.at_start) == (1, True, True)
    assert "ไทย" in "".join(answer.fragments)
    Room.objects.filter(pk=filled_room.pk).update(keep_days=30)
    actions.expire_due()
    again = Room.objects.get(pk=filled_room.pk)
    answer = catching_up.since(again, back.version)
    assert (again.first_seq, answer.start_over) == (gone.first_seq, True)
    assert "ไทย" not in "".join(answer.fragments)


def test_what_redis_remembers_of_who_was_here_is_invalidated(
    backup: Path, alice: Person, filled_room: Room, settings
) -> None:
    settings.ROW_CACHE_SECONDS = 30
    client = client_of(alice)
    client.get("/profile/")  # records that this session is in use
    cache.clear()  # signing in has just changed session and user
    assert client.get("/profile/").status_code == 200
    restore(backup, "--replace", "--yes")
    assert client.get("/profile/").status_code == 302


def test_a_machine_whose_clock_is_behind_goes_on_beyond_as_well(
    filled_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.renew_numbers()
    before = Room.objects.get(pk=filled_room.pk)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    actions.renew_numbers()
    after = Room.objects.get(pk=filled_room.pk)
    assert (after.version, after.epoch) >= (before.version + 10**9, before.epoch + 10**9)
    assert after.floor == after.version


def test_the_audit_log_is_guarded_after_as_before(backup: Path) -> None:
    restore(backup, "--replace", "--yes")
    assert AuditEntry.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(reason="Nothing at all")


def test_nothing_is_written_over_unless_one_says_so(backup: Path, filled_room: Room, alice: Person) -> None:
    kept = say(alice, filled_room, "Still here")
    with pytest.raises(CommandError, match="not empty"):
        restore(backup)
    with pytest.raises(CommandError, match="--yes"):
        restore(backup, "--replace")  # and there is no terminal to ask at
    assert Message.objects.filter(pk=kept.pk).exists()


@pytest.fixture
def changed(backup: Path, tmp_path: Path) -> Any:
    """Makes a copy with changed members: name -> new content, or a function of the old; its checksums are correct."""

    def change(**members: Any) -> Path:
        path = tmp_path / "changed.zip"
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                for start, replaced in members.items():
                    if name.removeprefix("tables/").startswith(start):
                        content = replaced(content)
                new.writestr(name, content)
        return path

    return change


def _manifest(**parts: Any) -> Any:
    return lambda content: json.dumps({**json.loads(content), **parts})


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"chat_message": lambda c: c.replace(b"Gone", b"Here").replace(b"quote", b"quota")}, "damaged"),
        ({"chat_message": lambda c: c + c}, "damaged"),
        ({"manifest": lambda c: b"[]"}, "not a complete backup"),
        ({"manifest": lambda c: b"{"}, "not a complete backup"),
        ({"manifest": _manifest(tables={"chat_message": {"rows": "many"}})}, "not a complete backup"),
        ({"manifest": _manifest(tables={}, migrations=[])}, "not a complete backup"),
        ({"manifest": _manifest(format=2, surprise=1)}, "format 2"),
        ({"manifest": _manifest(migrations=["chat.0001_initial", "chat.9999_later"])}, "chat.9999_later"),
    ],
    ids=[
        "a letter",
        "rows twice",
        "no manifest",
        "half a manifest",
        "odd manifest",
        "empty manifest",
        "format",
        "newer",
    ],
)
def test_a_damaged_or_foreign_backup_changes_nothing(members, reason, changed, filled_room: Room) -> None:
    before = Room.objects.values_list("version", flat=True).get()
    with pytest.raises(CommandError, match=reason):
        restore(changed(**members), "--replace", "--yes")
    assert Room.objects.values_list("version", flat=True).get() == before


def test_neither_does_one_that_is_cut_short_or_something_else(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    path = tmp_path / "odd.zip"
    for content in (whole[:-1], whole[: len(whole) // 2], b"", b"A letter", b"\0" * 10_000):
        path.write_bytes(content)
        with pytest.raises(CommandError, match="not a complete backup"):
            restore(path, "--replace", "--yes")
    with zipfile.ZipFile(backup) as file:
        messages = file.getinfo("tables/chat_message.jsonl").header_offset + 200  # behind its header
    middle = bytearray(whole)
    middle[messages] ^= 255
    path.write_bytes(middle)
    with pytest.raises(CommandError, match="damaged"):
        restore(path, "--check")
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("hello.txt", "Hello")
    with pytest.raises(CommandError, match="not a complete backup"):
        restore(path, "--check")
    with pytest.raises(CommandError, match="can't be read"):
        restore(tmp_path / "nowhere.zip")
    assert Message.objects.count() == 3


def test_a_manifest_names_the_tables_of_its_migrations_and_no_others(changed, backup: Path) -> None:
    """Names from a forged one would be part of a statement; a missing table would be a loss that nobody notices."""
    with zipfile.ZipFile(backup) as file:
        tables = json.loads(file.read("manifest.json"))["tables"]
    nothing = {"rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    odd = 'chat_ban" (id) VALUES (1); DROP TABLE chat_ban; --'
    without = {name: part for name, part in tables.items() if name != "chat_message"}
    columns = tables["chat_ban"]["columns"]
    for reason, named in (
        ("see .chat_message", without),
        ("see .chat_ban. ", tables | {odd: nothing | {"columns": {"id": "plain"}}}),
        ("see .django_migrations", tables | {"django_migrations": nothing | {"columns": {"id": "plain"}}}),
        (
            "chat_ban has other columns",
            tables | {"chat_ban": nothing | {"columns": columns | {odd: "plain"}}},
        ),
    ):
        path = changed(manifest=_manifest(tables=named), **{"chat_ban.": lambda _: b""})
        with zipfile.ZipFile(path, "a") as file:
            for name in named.keys() - tables.keys():
                file.writestr(f"tables/{name}.jsonl", b"")
        with pytest.raises(CommandError, match=reason):
            restore(path, "--replace", "--yes")
        assert Message.objects.count() == 3


def test_rows_that_do_not_belong_together_are_refused_whole(changed, backup: Path) -> None:
    """Correct checksums, and a member of a room that does not exist."""
    with zipfile.ZipFile(backup) as file:
        manifest = json.loads(file.read("manifest.json"))
    manifest["tables"]["chat_room"] |= {"rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    path = changed(chat_room=lambda _: b"", manifest=lambda _: json.dumps(manifest))
    with pytest.raises(CommandError, match="are inconsistent"):
        restore(path, "--replace", "--yes")
    odd = b"[1, 2\n"
    manifest["tables"]["chat_room"] |= {"rows": 1, "sha256": hashlib.sha256(odd).hexdigest()}
    path = changed(chat_room=lambda _: odd, manifest=lambda _: json.dumps(manifest))
    with pytest.raises(CommandError, match="can't be read"):
        restore(path, "--replace", "--yes")
    assert Message.objects.count() == 3


@pytest.fixture
def small_disk() -> Iterator[Any]:
    """No file may grow past this many bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_leaves_nothing_half_and_the_older_one_whole(
    backup: Path, filled_room: Room, alice: Person, small_disk
) -> None:
    before = backup.read_bytes()
    say(alice, filled_room, "More")
    small_disk(3000)
    with pytest.raises(CommandError, match=r"can't be written: .*The partial file was removed"):
        call_command("backup", str(backup), verbosity=0)
    with pytest.raises(CommandError, match="can't be written"):
        call_command("backup", str(backup.parent), verbosity=0)
    assert [path.name for path in backup.parent.iterdir()] == ["workspace.zip"]
    assert backup.read_bytes() == before


def test_who_is_ended_in_the_middle_leaves_nothing_and_a_power_cut_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), whole_file(tmp_path / "one.zip") as file:
        file.write(b"half")
        raise SystemExit
    assert not list(tmp_path.iterdir())
    (tmp_path / ".hypertalk-part").write_bytes(b"left behind" * 1000)
    with whole_file(tmp_path / "one.zip") as file:
        file.write(b"whole")
        with pytest.raises(BackupError, match="Another backup"), whole_file(tmp_path / "two.zip"):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["one.zip"]
    assert (tmp_path / "one.zip").read_bytes() == b"whole"
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600


def test_where_a_backup_may_go(filled_room: Room, tmp_path: Path, capfdbinary) -> None:
    def backup(*arguments: str) -> None:
        call_command("backup", *arguments, verbosity=0)

    treasure = tmp_path / "db.sqlite3"
    treasure.write_text("Not to be written over")
    for arguments, reason in (
        ([str(treasure)], "is not a backup"),
        ([str(tmp_path / "nowhere" / "x.zip")], "create it first"),
        ([str(tmp_path), "--keep", "0"], "--keep needs"),
        (["-", "--keep", "3"], "--keep needs"),
        (["/proc/x.zip"], "can't be written to"),
    ):
        with pytest.raises(CommandError, match=reason):
            backup(*arguments)
    treasure.unlink()
    for day in range(1, 5):
        (tmp_path / f"hypertalk-2025010{day}-000000.zip").write_text("old")
    (tmp_path / "hypertalk-by-hand.zip").write_text("kept")
    backup(str(tmp_path), "--keep", "3")
    ahead = tmp_path / "hypertalk-20990101-000000.zip"  # from before the clock was corrected
    ahead.write_text("old")
    names = sorted(path.name for path in tmp_path.iterdir() if path != ahead)
    assert names[:2] == ["hypertalk-20250103-000000.zip", "hypertalk-20250104-000000.zip"]
    assert names[2].startswith(f"hypertalk-{datetime.now(UTC):%Y}")
    assert names[3:] == ["hypertalk-by-hand.zip"]
    backup(str(tmp_path), "--keep", "1")
    (left,) = tmp_path.glob("hypertalk-2*")
    assert left.read_bytes()[:2] == b"PK", "the one just made"
    backup(str(left))  # over an existing backup
    backup("-")
    written = capfdbinary.readouterr().out
    with zipfile.ZipFile(BytesIO(written)) as file:
        assert file.testzip() is None


def test_files_come_along_where_there_are_any(filled_room: Room, settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    file = settings.MEDIA_ROOT / "2026" / "ไฟล์.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\0" * 600_000 + b"end")
    path = tmp_path / "with-files.zip"
    call_command("backup", str(path), verbosity=0)
    (settings.MEDIA_ROOT / "later").write_bytes(b"later")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CommandError, match="can't be written"):
        patch.setattr("hypertalk.backups.files.os.fsync", _full)
        restore(path, "--replace", "--yes")
    assert {p.name for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()} == {"later", file.name}
    restore(path, "--replace", "--yes")
    assert [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()] == [file]
    assert file.read_bytes() == b"\0" * 600_000 + b"end"
    shutil.rmtree(settings.MEDIA_ROOT)
    settings.MEDIA_ROOT = ""
    with pytest.raises(CommandError, match="MEDIA_ROOT is not set"):
        restore(path, "--replace", "--yes")
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("2026/", "../"), old.read(name).replace(b"2026/", b"../"))
    settings.MEDIA_ROOT = tmp_path / "media"
    with pytest.raises(CommandError, match="unsafe path"):
        restore(evil, "--replace", "--yes")


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_every_column_of_every_table_has_a_form_and_only_sessions_and_jobs_stay_behind() -> None:
    taken = {table.name for table in tables(MigrationLoader(connection))}
    models = {model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy}
    missing = {model._meta.label for model in models if model._meta.db_table not in taken}
    assert missing == LEFT_OUT
    assert get_user_model()._meta.db_table in taken


def test_jobs_that_waited_are_gone_and_a_backup_from_before_there_were_any_comes_back(
    changed, backup: Path, filled_room: Room
) -> None:
    """The package that stores jobs can't migrate its tables back to nothing, as such a backup would require."""
    with zipfile.ZipFile(backup) as file:
        manifest = json.loads(file.read("manifest.json"))
    older = [
        name for name in manifest["migrations"] if not name.startswith(("django_tasks_database.", "jobs."))
    ]
    for path in (backup, changed(manifest=_manifest(migrations=older))):
        Job.objects.create(
            task_path="a.job", args_kwargs={}, backend_name="default", run_after=datetime.now(UTC)
        )
        restore(path, "--replace", "--yes")
        assert not Job.objects.exists()
        assert Room.objects.filter(pk=filled_room.pk).exists()
        assert ("jobs", "0001_initial") in MigrationLoader(connection).applied_migrations
