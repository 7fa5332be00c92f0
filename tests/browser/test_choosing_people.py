"""Choosing people while searching: to talk to, and to add to a room."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.looking import flaws, take
from tests.browser.scene import DESK, PHONE, Scene, live

SIZES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": DESK},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
}
BOTH = pytest.mark.parametrize("size", SIZES)
FOUND = re.compile(r"/people/\?q=")


@BOTH
def test_the_chosen_stay_chosen_are_counted_and_the_button_is_in_view(
    arrange, pictures: Path, size: str
) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice", "/people/", **SIZES[size]))
    start = alice.get_by_role("button", name="Start conversation")
    expect(start).to_be_in_viewport()
    field = alice.get_by_role("searchbox")
    field.press_sequentially("charlie")
    expect(alice.locator("#people-found .row")).to_have_count(1)
    expect(alice.locator("#said")).to_have_text("Matches: 1")
    alice.get_by_role("checkbox", name="Charlie").check()
    expect(alice.get_by_text("1 person chosen")).to_be_visible()
    field.fill("bob")
    expect(alice.get_by_role("checkbox", name="Bob")).to_be_visible()
    expect(alice.get_by_role("checkbox", name="Charlie")).to_be_checked()
    alice.get_by_role("checkbox", name="Bob").check()
    field.fill("")
    expect(alice.get_by_text("2 people chosen")).to_be_visible()
    expect(alice.locator("#people-found .row").nth(3)).to_be_visible()
    expect(start).to_be_in_viewport()
    take(alice, pictures / f"people-{size}.png")
    assert not flaws(alice, f"people-chosen-{size}")
    field.press("Enter")  # a search as well, in place
    expect(alice.locator("#people-found :checked")).to_have_count(2)
    alice.get_by_role("checkbox", name="Bob").uncheck()
    expect(alice.get_by_text("1 person chosen")).to_be_visible()
    alice.get_by_role("checkbox", name="Bob").check()
    start.click()
    alice.wait_for_url(re.compile(r"/rooms/[0-9a-f-]{36}/$"))
    expect(alice.locator("#members .person")).to_have_count(3)


def test_who_is_chosen_while_an_answer_is_on_its_way_stays_chosen(arrange) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice", "/people/"))
    held: list[Route] = []
    alice.route(FOUND, lambda route: route.fallback() if held else held.append(route))
    with alice.expect_request(FOUND):
        alice.get_by_role("searchbox").fill("bob")
    alice.get_by_role("checkbox", name="Charlie").check()
    with alice.expect_response(lambda answer: "person=" in answer.url):
        held[0].continue_()
    expect(alice.locator("#people-found .row")).to_have_count(2)
    expect(alice.get_by_role("checkbox", name="Charlie")).to_be_checked()
    expect(alice.get_by_text("1 person chosen")).to_be_visible()


@BOTH
def test_a_person_is_added_to_a_room_from_the_names_that_come_while_typing(
    arrange, pictures: Path, size: str
) -> None:
    scene: Scene = arrange()
    alice = live(scene.open("alice", f"/rooms/{scene.room}/members/", **SIZES[size]))
    alice.get_by_label("Add a person").press_sequentially("bob")
    expect(alice.get_by_text("No matches for “bob” outside this room.")).to_be_visible()
    alice.get_by_label("Add a person").fill("Charl")
    expect(alice.locator("#said")).to_have_text(re.compile("^Matches: "))
    take(alice, pictures / f"add-person-{size}.png")
    assert not flaws(alice, f"add-person-{size}")
    alice.get_by_role("button", name=re.compile("^Add Charlie")).click()
    expect(alice.get_by_text("was added to the room.")).to_be_visible()
    expect(alice.locator(".rows .row")).to_have_count(3)


def test_without_script_people_are_chosen_and_added_by_plain_forms(arrange) -> None:
    scene: Scene = arrange()
    alice = scene.open("alice", "/people/", java_script_enabled=False)
    alice.get_by_role("searchbox").fill("charlie")
    alice.get_by_role("button", name="Search").click()
    alice.get_by_role("checkbox", name="Charlie").check()
    alice.get_by_role("button", name="Start conversation").click()
    expect(alice.locator("#room-title[data-kind=direct]")).to_be_visible()
    alice.goto(f"{scene.url}members/")
    alice.get_by_label("Add a person").fill("charlie-reyes")
    alice.get_by_role("button", name="Add", exact=True).click()
    expect(alice.get_by_text("was added to the room.")).to_be_visible()
