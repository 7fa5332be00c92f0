"""What the pages show, to whom, and with how many queries."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import actions
from chat.events.fragments import fragments
from chat.models import Member, Message, Person, Room
from tests.conftest import client_of, say, script_of


def fill(room: Room, author: Person, count: int) -> None:
    for n in range(count):
        say(author, room, f"Message {n}")


def queries_of(client: Client, path: str, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(30) as counted:
        assert client.get(path).status_code == 200
    return len(counted)


def seqs_of(page: HttpResponse) -> list[int]:
    return [int(seq) for seq in re.findall(r'<li class="message".* data-seq="(\d+)"', page.content.decode())]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/rooms/{room}/", 8),
        ("/people/", 7),
        ("/rooms/", 7),
        ("/rooms/{room}/messages/?before=999", 5),
        ("/rooms/{room}/changes/?after=0", 6),
    ],
)
def test_lists_take_the_same_few_queries_however_long(
    alice: Person, bob: Person, room: Room, path: str, most: int, django_assert_max_num_queries, settings
) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    client = client_of(alice)
    path = path.format(room=room.pk)
    say(bob, room)
    queries_of(client, path, django_assert_max_num_queries)  # rendered fragments are cached
    few = queries_of(client, path, django_assert_max_num_queries)
    for n in range(5):
        other = actions.create_room(alice, name=f"other-{n}", topic="", kind="open")
        actions.join_room(bob, other.pk)
        say(bob, other)
    fill(room, bob, 50)
    queries_of(client, path, django_assert_max_num_queries)
    assert queries_of(client, path, django_assert_max_num_queries) == few <= most
    fragments.clear()
    assert queries_of(client, path, django_assert_max_num_queries) <= few + 2


@pytest.mark.parametrize(
    "path",
    [
        "/rooms/{room}/",
        "/rooms/{room}/members/",
        "/people/",
        "/people/?q=person",
        "/people/{bob}/",
        "/rooms/browse/",
        "/rooms/browse/?q=room",
        "/rooms/favourites/",
    ],
)
def test_pages_take_the_same_queries_however_many_people_and_rooms_there_are(
    path: str, alice: Person, bob: Person, room: Room, make_person, django_assert_max_num_queries
) -> None:
    client = client_of(alice)
    path = path.format(room=room.pk, bob=bob.pk)

    def another(n: int) -> None:
        """A member whom Alice blocked, a banned person, an open room of theirs, and a favourite of hers."""
        person, banned = make_person(f"Person{n}"), make_person(f"Banned{n}")
        for each in (person, banned):
            actions.add_member(alice, room.pk, each.username)
        actions.block_person(alice, person.pk)
        actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=banned).pk)
        actions.create_room(person, name=f"room-{n}", topic="", kind="open")
        mine = actions.create_room(alice, name=f"mine-{n}", topic="", kind="closed")
        actions.set_favourite(alice, mine.pk, True)

    another(0)
    queries_of(client, path, django_assert_max_num_queries)  # rendered fragments are cached
    few = queries_of(client, path, django_assert_max_num_queries)
    for n in range(1, 8):
        another(n)
    queries_of(client, path, django_assert_max_num_queries)
    assert queries_of(client, path, django_assert_max_num_queries) == few


def test_a_page_holds_forty_messages_and_the_version_before_them(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    fill(room, alice, 45)
    page = client_of(alice).get(f"/rooms/{room.pk}/")
    room.refresh_from_db()
    assert seqs_of(page) == list(range(6, 46))
    assert f'data-held="{room.version}"' in page.content.decode()
    older = client_of(alice).get(f"/rooms/{room.pk}/messages/?before=6")
    assert older.content.count(b'<li class="message"') == 5
    assert (older["Chat-Version"], older["Chat-At-Start"]) == (str(room.version), "1")


def test_around_and_after(alice: Person, room: Room, settings) -> None:
    settings.CHAT_LIMITS = {"post": (1000, 1)}
    fill(room, alice, 60)

    def ask(query: str) -> list[int]:
        return seqs_of(client_of(alice).get(f"/rooms/{room.pk}/messages/?{query}"))

    assert ask("around=30") == list(range(10, 50))
    assert ask("after=55") == [56, 57, 58, 59, 60]


@pytest.mark.parametrize(
    "query", ["", "before=x", "before=-1", "before=1&after=2", "before=" + "9" * 40, "before=٣"]
)
def test_a_question_that_makes_no_sense_is_a_clear_422(alice: Person, room: Room, query: str) -> None:
    assert script_of(alice).get(f"/rooms/{room.pk}/messages/?{query}").status_code == 422


def paths_of(room: Room, message: Message, member: Member) -> list[tuple[str, str, dict[str, str]]]:
    r, m = room.pk, message.pk
    return [
        ("get", f"/rooms/{r}/", {}),
        ("get", f"/rooms/{r}/edit/", {}),
        ("post", f"/rooms/{r}/edit/", {"name": "x", "topic": ""}),
        ("get", f"/rooms/{r}/members/", {}),
        ("post", f"/rooms/{r}/members/", {"username": "charlie"}),
        ("post", f"/rooms/{r}/members/{member.pk}/remove/", {}),
        ("post", f"/rooms/{r}/members/{member.pk}/role/", {"role": "owner"}),
        ("post", f"/rooms/{r}/join/", {}),
        ("get", f"/rooms/{r}/leave/", {}),
        ("post", f"/rooms/{r}/leave/", {}),
        ("get", f"/rooms/{r}/messages/?before=99", {}),
        ("post", f"/rooms/{r}/messages/", {"id": str(uuid4()), "body": "x"}),
        ("get", f"/rooms/{r}/changes/?after=0", {}),
        ("post", f"/rooms/{r}/read/", {"seq": "1"}),
        ("get", f"/messages/{m}/edit/", {}),
        ("post", f"/messages/{m}/edit/", {"body": "x"}),
        ("get", f"/messages/{m}/delete/", {}),
        ("post", f"/messages/{m}/delete/", {}),
    ]


def test_for_a_stranger_and_for_the_removed_the_room_is_not_there(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    """Hazards 2 and 8: forbidden and missing look the same, and a removal ends all access."""
    message = say(bob, room, "Secret words")
    member = Member.objects.get(room=room, person=alice)
    actions.remove_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    room.refresh_from_db()
    before = Room.objects.values().get(pk=room.pk)
    for person in (charlie, bob):
        for client in (script_of(person), client_of(person)):
            for method, path, data in paths_of(room, message, member):
                answer = getattr(client, method)(path, data)
                absent = getattr(client, method)(
                    path.replace(str(room.pk), str(UUID(int=9))).replace(str(message.pk), str(UUID(int=9))),
                    data,
                )
                assert answer.status_code == absent.status_code == 404, (method, path)
                assert answer.content == absent.content, (method, path)
                assert b"Secret" not in answer.content
                assert b"harbour" not in answer.content
    assert Room.objects.values().get(pk=room.pk) == before


def test_signed_out_scripts_get_401_and_people_the_door(room: Room, alice: Person) -> None:
    message = say(alice, room)
    member = Member.objects.get(room=room, person=alice)
    for method, path, data in paths_of(room, message, member):
        assert getattr(Client(headers={"HX-Request": "true"}), method)(path, data).status_code == 401
        answer = getattr(Client(), method)(path, data)
        if "body" in data:  # the text comes back, with a link to sign-in
            assert answer.status_code == 401
            assert f'href="{reverse("account_login")}' in answer.text
            continue
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_a_member_of_one_room_reaches_nothing_through_another(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    """Hazard 6: an object addressed through the wrong parent."""
    other = actions.create_room(charlie, name="other", topic="", kind="closed")
    bobs = Member.objects.get(room=room, person=bob)
    client = script_of(charlie)
    assert client.post(f"/rooms/{other.pk}/members/{bobs.pk}/remove/").status_code == 404
    assert client.post(f"/rooms/{other.pk}/members/{bobs.pk}/role/", {"role": "owner"}).status_code == 404
    bobs.refresh_from_db()
    assert (bobs.active, bobs.role) == (True, "member")


def test_an_open_room_shows_what_it_is_but_no_messages_before_joining(
    charlie: Person, alice: Person, open_room: Room
) -> None:
    say(alice, open_room, "For members")
    page = client_of(charlie).get(f"/rooms/{open_room.pk}/").content
    assert b"lobby" in page
    assert b"Join this room" in page
    assert b"For members" not in page
    assert script_of(charlie).get(f"/rooms/{open_room.pk}/messages/?before=99").status_code == 404
    assert client_of(charlie).post(f"/rooms/{open_room.pk}/join/").status_code == 302
    assert b"For members" in client_of(charlie).get(f"/rooms/{open_room.pk}/").content


def test_an_archived_open_room_is_shown_to_a_stranger_without_a_way_in(
    charlie: Person, alice: Person, open_room: Room
) -> None:
    actions.archive_room(alice, open_room.pk)
    page = client_of(charlie).get(f"/rooms/{open_room.pk}/").content
    assert b"Nobody can join it" in page
    assert b"Join this room" not in page


def test_what_somebody_signed_in_gets_is_kept_by_no_shared_cache(alice: Person, room: Room) -> None:
    for path in (
        "/rooms/",
        f"/rooms/{room.pk}/",
        f"/rooms/{room.pk}/changes/?after=0",
        "/rooms/browse/",
        "/profile/",
    ):
        cache = client_of(alice).get(path)["Cache-Control"]
        assert "private" in cache, path
        assert "no-store" in cache, path


def test_the_message_fragment_holds_nothing_about_who_looks(alice: Person, bob: Person, room: Room) -> None:
    say(alice, room)
    one, two = (script_of(p).get(f"/rooms/{room.pk}/messages/?before=99").content for p in (alice, bob))
    assert one == two


def test_names_are_never_markup(alice: Person, bob: Person, room: Room) -> None:
    actions.rename_person(alice, '<img src=x onerror=alert(1)> "hx-get=/x"')
    actions.edit_room(alice, room.pk, name="harbour", topic="<script>alert(1)</script>")
    say(alice, room)
    for path in (
        f"/rooms/{room.pk}/",
        f"/rooms/{room.pk}/members/",
        f"/rooms/{room.pk}/changes/?after=0",
        "/rooms/",
    ):
        page = client_of(bob).get(path).content
        assert b"<img" not in page
        assert b"<script>alert" not in page


def test_csrf_is_asked_for(alice: Person, room: Room) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    assert client.post(f"/rooms/{room.pk}/messages/", {"id": uuid4(), "body": "x"}).status_code == 403


def test_a_form_with_ten_thousand_fields_or_a_megabyte_is_a_4xx(alice: Person, room: Room) -> None:
    client = script_of(alice)
    path = f"/rooms/{room.pk}/messages/"
    many = client.post(path, {f"f{n}": "x" for n in range(10_000)})
    large = client.post(path, {"id": str(uuid4()), "body": "x" * 1_000_000})
    assert 400 <= many.status_code < 500
    assert 400 <= large.status_code < 500


def test_making_and_describing_a_room(alice: Person, bob: Person) -> None:
    made = client_of(alice).post("/rooms/new/", {"name": "Winter Plans", "topic": "Cold", "kind": "closed"})
    room = Room.objects.get()
    assert made["Location"] == f"/rooms/{room.pk}/"
    assert (room.name, room.kind, room.version) == ("winter-plans", "closed", 2)
    refused = client_of(alice).post("/rooms/new/", {"name": "!!!", "topic": "", "kind": "open"})
    assert refused.status_code == 422
    assert "needs a name" in refused.content.decode()
    dialog = script_of(alice).post("/rooms/new/", {"name": "from-dialog", "topic": "", "kind": "open"})
    assert dialog.status_code == 204
    assert dialog["HX-Redirect"].startswith("/rooms/")
    answer = client_of(alice).post(f"/rooms/{room.pk}/edit/", {"name": "summer", "topic": ""})
    assert answer.status_code == 302
    actions.add_member(alice, room.pk, "bob")
    assert client_of(bob).post(f"/rooms/{room.pk}/edit/", {"name": "mine", "topic": ""}).status_code == 403
    room.refresh_from_db()
    assert room.name == "summer"


def test_two_open_rooms_never_have_the_same_name(alice: Person, bob: Person, open_room: Room) -> None:
    taken = {"name": "Lobby", "topic": "", "kind": "open"}
    refused = script_of(bob).post("/rooms/new/", taken)
    assert refused.status_code == 422
    assert "There is already an open room named #lobby." in refused.content.decode()
    hidden = client_of(bob).post("/rooms/new/", taken | {"kind": "closed"})
    assert hidden.status_code == 302
    other = actions.create_room(alice, name="other", topic="", kind="open")
    assert (
        client_of(alice).post(f"/rooms/{other.pk}/edit/", {"name": "lobby", "topic": ""}).status_code == 422
    )


def test_adding_somebody_says_what_is_wrong_beside_the_field(alice: Person, room: Room) -> None:
    client = client_of(alice)
    page = client.post(f"/rooms/{room.pk}/members/", {"username": "nobody"})
    assert page.status_code == 422
    assert "There is no username “nobody”" in page.content.decode()
    assert b'value="nobody"' in page.content


def test_leaving_asks_first(bob: Person, room: Room) -> None:
    client = client_of(bob)
    asked = client.get(f"/rooms/{room.pk}/leave/").content.decode()
    assert "someone has to invite or add you" in asked
    assert client.get(f"/rooms/{room.pk}/").status_code == 200
    assert client.post(f"/rooms/{room.pk}/leave/")["Location"] == "/rooms/"
    assert client.get(f"/rooms/{room.pk}/").status_code == 404


def test_the_script_takes_each_attribute_of_a_room_from_one_to_the_next() -> None:
    """A template writes them, for the page and for the part of it that is replaced; a script lists what it moves."""
    root = Path(__file__).parents[3]
    template = (root / "templates/chat/room/_attributes.html").read_text()
    script = (root / "static/js/app/switching.js").read_text()
    listed = re.search(r"const FACTS = \[([^\]]*)\]", script)
    assert listed
    written = re.findall(r" data-([a-z-]+)=", template)
    keys = {re.sub(r"-(\w)", lambda letter: letter[1].upper(), name) for name in written}
    assert keys == set(re.findall(r'"(\w+)"', listed[1]))
