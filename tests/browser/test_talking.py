"""Two people in two browsers, with a real server."""

import json
import re

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.scene import PHONE, Scene, discard, intercept_posts, live, moderate, send, texts, until


def test_two_people_talk_and_see_exactly_what_was_sent(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    for n in range(20):
        send(alice, f"Alice {n}")
        send(bob, f"Bob {n}")
    for page in (alice, bob):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(40)
        expect(page.locator("[data-state]")).to_have_count(0)
    assert texts(alice) == texts(bob)
    assert len(set(texts(alice))) == 40
    ids = [
        page.locator("#messages .message").evaluate_all("rows => rows.map(r => r.id)")
        for page in (alice, bob)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 40


def test_the_bubble_stands_there_before_the_server_has_heard_and_becomes_the_message(arrange) -> None:
    scene = arrange()
    held: list[tuple[str, WebSocketRoute]] = []
    alice = intercept_posts(scene.open("alice"), lambda text, _, server: held.append((text, server)))
    send(alice, "Quick **as** light")
    bubble = alice.locator(".message[data-state=pending]")
    expect(bubble).to_have_count(1)
    key = bubble.get_attribute("id")
    expect(alice.get_by_text("Waiting to send")).to_be_visible()
    until(alice, lambda: held)
    text, server = held[0]
    server.send(text)
    expect(alice.locator(f"#{key} strong")).to_have_text("as")
    expect(alice.locator("#messages .message")).to_have_count(1)


def test_a_post_that_fails_says_so_and_goes_out_once_when_tried_again(arrange) -> None:
    scene = arrange()
    bob, alice = live(scene.open("bob")), scene.open("alice")
    alice.clock.install()
    broken = [True]

    def answer(text: str, page: WebSocketRoute, server: WebSocketRoute) -> None:
        if broken[0]:
            page.send(json.dumps({"type": "failed", "id": json.loads(text)["id"]}))
        else:
            server.send(text)

    intercept_posts(alice, answer)
    send(alice, "Will it arrive?")
    for _ in range(8):
        alice.clock.run_for(5000)
    expect(alice.get_by_text("Not sent. The server did not respond.")).to_be_visible()
    broken[0] = False
    alice.get_by_role("button", name="Try again").click()
    expect(bob.locator("#messages .message__text")).to_have_text(["Will it arrive?"])
    expect(alice.locator("#messages .message[data-seq]")).to_have_count(1)


def test_a_post_over_a_socket_that_does_not_answer_goes_out_over_http(arrange) -> None:
    scene = arrange()
    bob, alice = live(scene.open("bob")), scene.open("alice")
    intercept_posts(alice, lambda text, page, server: (server.send(text), page.close(code=1001)))
    send(alice, "Twice on its way, once there")
    for page in (alice, bob):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(1)
    expect(alice.locator("[data-state]")).to_have_count(0)


def test_a_refused_message_says_why_and_lets_the_next_go(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    alice.eval_on_selector(
        "#body", "field => { field.dataset.limit = 20000; }"
    )  # like a page of an older release
    send(alice, "x" * 10_001)
    send(alice, "The next one")
    expect(alice.get_by_text("of 10000 characters")).to_be_visible()
    expect(alice.locator(".message[data-seq] .message__text")).to_have_text(["The next one"])
    discard(alice)
    expect(alice.locator("#messages .message")).to_have_count(1)


def test_the_removed_see_no_more_and_are_told(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    send(alice, "With Bob")
    expect(bob.get_by_text("With Bob").first).to_be_visible()
    alice.goto(f"{scene.url}members/")
    moderate(alice, "Remove")
    expect(bob.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    expect(bob.locator(".message")).to_have_count(0)
    expect(bob.locator(f"#place-{scene.room}")).to_have_count(0)
    assert bob.goto(scene.url).status == 404


def test_what_the_removed_had_not_sent_stays_with_them(arrange) -> None:
    scene = arrange()
    bob = intercept_posts(scene.open("bob"), lambda *_: None)
    send(bob, "On its way")
    bob.fill("#body", "Half of a sen")
    moderate(scene.open("alice", f"/rooms/{scene.room}/members/"), "Remove")
    expect(bob.get_by_label("Your unsent message")).to_have_value("On its way\n\nHalf of a sen")
    expect(bob.get_by_role("heading", name="You are no longer in this room")).to_have_count(1)


def test_the_updates_of_others_leave_half_typed_text_alone(arrange) -> None:
    scene = arrange("say(bob, 'First'); m = say(alice, 'To be edited')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    alice.fill("#body", "Half of a sen")
    alice.press("#body", "Control+Home")
    send(bob, "Something else")
    expect(alice.get_by_text("Something else").first).to_be_visible()
    expect(alice.locator("#body")).to_have_value("Half of a sen")
    expect(alice.locator("#body")).to_be_focused()
    assert alice.eval_on_selector("#body", "field => field.selectionStart") == 0
    # An open edit survives a new version of its own message.
    alice.fill("#body", "")
    alice.press("#body", "ArrowUp")
    field = alice.locator("form[data-edit] textarea")
    field.fill("Half edi")
    other = live(scene.open("alice"))
    other.press("#body", "ArrowUp")
    other.locator("form[data-edit] textarea").fill("Edited elsewhere")
    other.locator("form[data-edit] textarea").press("Enter")
    expect(alice.locator("form[data-edit] blockquote")).to_have_text("Edited elsewhere")
    expect(field).to_have_value("Half edi")
    field.press("Escape")
    expect(field).to_have_count(0)


def test_what_is_not_there_and_what_is_not_theirs_look_the_same(arrange) -> None:
    scene = arrange()
    charlie = scene.open("charlie", "/rooms/00000000-0000-4000-8000-000000000000/")
    absent = charlie.inner_text("body")
    assert charlie.goto(scene.url).status == 404
    assert charlie.inner_text("body") == absent
    assert "not" in absent.lower()


def test_unread_is_live_in_every_tab_and_reading_clears_it_everywhere(arrange) -> None:
    scene = arrange()
    alice, elsewhere = live(scene.open("alice")), live(scene.open("bob", "/rooms/"))
    send(alice, "One")
    send(alice, "Two")
    row = elsewhere.locator(f"#place-{scene.room}")
    expect(row.locator(".badge")).to_have_text("2")
    expect(row.locator(".place__last")).to_contain_text("Two")
    expect(elsewhere).to_have_title(re.compile(r"^\(\d+\+?\) "))
    live(scene.open("bob"))
    expect(row.locator(".badge")).to_be_hidden()


def test_names_of_people_and_rooms_change_everywhere_at_once(arrange) -> None:
    scene = arrange("say(bob, 'From Bob')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    settings = scene.open("bob", "/profile/")
    old = bob.locator("#me .person__name").inner_text()
    settings.fill("[name=display_name]", "Bobby Tables")
    settings.get_by_role("button", name="Save").click()
    expect(alice.locator(".message__name").first).to_have_text("Bobby Tables")
    settings.fill("[name=display_name]", old)
    settings.get_by_role("button", name="Save").click()
    expect(alice.locator(".message__name").first).to_have_text(old)
    owner = scene.open("alice", f"/rooms/{scene.room}/edit/")
    owner.fill("[name=name]", f"new-{scene.name}")
    owner.get_by_role("button", name="Save").click()
    expect(bob.locator("#room-title h1")).to_have_text(f"new-{scene.name}")
    expect(bob.locator(f"#place-{scene.room} .place__name")).to_have_text(f"new-{scene.name}")


def test_signing_out_in_one_tab_leads_the_other_to_the_door(arrange) -> None:
    scene = arrange()
    bob = live(scene.open("bob"))
    other = bob.context.new_page()
    other.goto(f"{scene.server.url}/profile/")

    def held(route: Route) -> None:
        """The sockets are closed before the answer arrives."""
        answer = route.fetch(max_redirects=0)
        bob.wait_for_url("**/accounts/login/**")
        route.fulfill(response=answer)

    live(other).route("**/accounts/logout/", held)
    other.get_by_role("button", name="Sign out").click()
    # To the page that the server names, and not back to the profile, which the next person did not request.
    other.wait_for_url("**/accounts/login/?next=/")


def test_a_dialog_says_what_is_wrong_and_closes_when_it_is_done(arrange) -> None:
    scene = arrange()
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    alice.fill("#body", "Half of a sen")
    alice.locator("#details-toggle").click()
    alice.locator("#details").get_by_role("link", name="Room settings").click()
    dialog = alice.locator("#dialog")
    dialog.get_by_label("Name").evaluate("field => field.removeAttribute('maxlength')")
    dialog.get_by_label("Name").fill("x" * 61)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("at most 60 characters")).to_be_visible()
    dialog.get_by_label("Name").fill(f"other-{scene.name}")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    for page in (alice, bob):
        expect(page.locator("#room-title h1")).to_have_text(f"other-{scene.name}")
    expect(alice.locator("#body")).to_have_value("Half of a sen")
    alice.get_by_role("link", name="Leave this room").click()
    expect(dialog.get_by_text("You are the only owner")).to_be_visible()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    bob.locator("#details-toggle").click()
    bob.get_by_role("link", name="Leave this room").click()
    bob.get_by_role("button", name="Leave", exact=True).click()
    bob.wait_for_url("**/rooms/")
    expect(alice.locator("#members .person")).to_have_count(1)


def test_the_list_of_rooms_is_live_on_every_page_and_says_live_what_it_says_when_loaded(arrange) -> None:
    scene = arrange("say(bob, 'Hello')")
    alice, bob = live(scene.open("alice")), live(scene.open("bob"))
    people = live(scene.open("bob", f"/rooms/{scene.room}/members/"))
    alice.fill("#body", "```python\nprint(1)\n```")
    alice.press("#body", "Enter")
    for page in (bob, people):
        expect(page.locator(f"#place-{scene.room} .place__last")).to_have_text("Alice Marlow: print(1)")


def test_a_drag_that_ends_beside_a_dialog_leaves_it_open(arrange) -> None:
    alice = live(arrange().open("alice", "/rooms/"))
    alice.get_by_role("link", name="New room").first.click()
    field = alice.locator("#dialog").get_by_label("Name")
    field.fill("half-typed")
    box = field.bounding_box()
    assert box
    alice.mouse.move(box["x"] + 40, box["y"] + 10)
    alice.mouse.down()
    alice.mouse.move(5, 400)
    alice.mouse.up()
    expect(field).to_have_value("half-typed")
    alice.mouse.click(5, 400)
    expect(alice.locator("#dialog")).to_be_hidden()


def test_the_removed_are_told_on_a_phone_too_and_their_list_lives_on(arrange) -> None:
    scene = arrange()
    phone = live(scene.open("bob", viewport=PHONE, has_touch=True, is_mobile=True))
    phone.locator("#details-toggle").tap()
    expect(phone.locator("#details")).to_be_visible()
    moderator = scene.open("alice", f"/rooms/{scene.room}/members/")
    moderate(moderator, "Remove")
    expect(phone.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    live(phone)
    moderator.get_by_label("Add a person").fill("bob-lindqvist")
    moderator.get_by_role("button", name="Add", exact=True).click()
    expect(phone.locator(f"#place-{scene.room}")).to_have_count(1)


def test_what_is_written_offline_waits_and_goes_out_in_order(arrange) -> None:
    scene = arrange()
    bob, alice = live(scene.open("bob")), live(scene.open("alice"))
    alice.clock.install()
    alice.context.set_offline(True)
    expect(alice.locator("#connection")).to_be_visible()
    for n in range(3):
        send(alice, f"Written offline {n}")
    for _ in range(30):
        alice.clock.run_for(4000)
    expect(alice.locator(".message[data-state=pending]")).to_have_count(3)
    alice.context.set_offline(False)
    for page in (alice, bob):
        expect(page.locator("#messages .message[data-seq]")).to_have_count(3)
    assert texts(bob) == [f"Written offline {n}" for n in range(3)]
    expect(alice.locator("[data-state]")).to_have_count(0)


def test_half_typed_text_survives_a_reload_and_another_room(arrange) -> None:
    scene = arrange()
    alice = live(scene.open("alice"))
    alice.fill("#body", "Half of a sen")
    live(alice).reload()
    expect(live(alice).locator("#body")).to_have_value("Half of a sen")
    alice.locator(".place").first.click()
    alice.goto(scene.url)
    expect(live(alice).locator("#body")).to_have_value("Half of a sen")
    alice.press("#body", "Enter")
    expect(alice.locator(".message[data-seq]")).to_have_count(1)
    live(alice).reload()
    expect(live(alice).locator("#body")).to_have_value("")


def test_what_follows_a_line_says_whose_it_is(arrange) -> None:
    scene = arrange(
        "say(alice, 'Read already'); actions.mark_read(bob, room.pk, 1); say(alice, 'New to Bob')"
    )
    bob = live(scene.open("bob"))
    expect(bob.locator(".divider--new + .message[data-continues] .message__name")).to_be_in_viewport()
    expect(bob.locator(".divider--new + .message .avatar")).to_be_visible()


def test_a_direct_conversation_from_the_first_word_to_another_name(arrange) -> None:
    scene = arrange()
    alice = scene.open("alice", "/people/?q=charlie")
    charlie = live(scene.open("charlie", "/rooms/"))
    alice.get_by_role("button", name="Message Charlie").click()
    alice.wait_for_url(re.compile(r"/rooms/[0-9a-f-]{36}/$"))
    live(alice)
    room = alice.url.rstrip("/").rpartition("/")[2]
    name = alice.locator("#room-title h1").inner_text()
    row = charlie.locator(f"#place-{room}")
    expect(row).to_be_hidden()
    send(alice, "A word between us")
    expect(row).to_contain_text("A word between us")
    row.click()
    expect(live(charlie).get_by_text("A word between us").last).to_be_visible()
    rename(charlie.context.new_page(), scene, f"{name} II")
    expect(alice.locator("#room-title h1")).to_have_text(f"{name} II")
    expect(alice.locator(f"#place-{room} .place__name")).to_have_text(f"{name} II")
    expect(alice.locator("#body")).to_have_attribute("placeholder", f"Message {name} II")
    charlie.locator("#details-toggle").click()
    charlie.get_by_role("button", name="Hide until next message").click()
    live(charlie)
    expect(charlie.locator(f"#place-{room}")).to_be_hidden()
    send(alice, "And another")
    expect(charlie.locator(f"#place-{room}")).to_contain_text("And another")
    rename(charlie.context.new_page(), scene, name)


def rename(page: Page, scene: Scene, name: str) -> None:
    page.goto(f"{scene.server.url}/profile/")
    page.get_by_label("Display name").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.close()


def test_a_room_that_is_archived_while_one_writes_keeps_the_words(arrange) -> None:
    scene = arrange("say(alice, 'Before')")
    alice, bob, other = live(scene.open("alice")), live(scene.open("bob")), live(scene.open("alice"))
    bob.fill("#body", "Half a thought")
    other.locator("#details-toggle").click()
    expect(other.get_by_role("link", name="Invite people")).to_have_count(2)
    alice.locator("#details-toggle").click()
    alice.get_by_role("link", name="Archive this room").click()
    alice.get_by_role("button", name="Archive").click()
    expect(bob.get_by_text("This room is archived")).to_be_visible()
    expect(bob.get_by_role("button", name="Send")).to_be_hidden()
    expect(bob.locator("#body")).to_be_visible()  # to read, and to copy
    expect(other.get_by_text("Archived: members can read it")).to_be_visible()
    expect(other.get_by_role("link", name="Invite people")).to_have_count(0)
    live(alice).locator("#details-toggle").click()
    alice.get_by_role("link", name="Unarchive this room").click()
    alice.get_by_role("button", name="Unarchive").click()
    expect(bob.locator("#composer")).to_be_visible()
    expect(bob.locator("#body")).to_have_value("Half a thought")


def test_what_is_pasted_is_never_cut_and_too_much_is_said_before_sending(arrange) -> None:
    alice = live(arrange().open("alice"))
    alice.fill("#body", "x" * 10_500)
    alice.press("#body", "Enter")
    assert alice.eval_on_selector("#body", "field => [field.value.length, field.validationMessage]") == [
        10_500,
        "Too long: 10500 of 10000 characters.",
    ]
    expect(alice.locator("#messages .message")).to_have_count(0)
    send(alice, "x" * 10_000)
    expect(alice.locator("#messages .message[data-seq='1']")).to_be_visible()
