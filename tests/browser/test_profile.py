"""Pictures, cards and leaving, as people on both sides see them."""

import base64
import json
import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.looking import audit
from tests.browser.scene import live, send

# A person of this scene alone, in Charlie's role: their account is deleted.
DORA = """
from django.contrib.auth import get_user_model
user = get_user_model().objects.create_user(f"dora-{room.name}@example.com", "talk-to-me")
charlie = actions.ensure_person(user, f"Dora of {room.name}")
actions.add_member(alice, room.pk, charlie.username)
for text in ("First of Dora", "Second of Dora"): say(charlie, text)
direct = actions.open_direct(charlie, [alice.pk])
actions.post_message(charlie, direct.pk, id=uuid4(), body="Between Dora and you")
"""


def photo(width: int, height: int, colour: str = "teal") -> dict[str, object]:
    kept = BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(kept, "JPEG", quality=95)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def choose(page: Page, file: dict[str, object]) -> None:
    page.set_input_files("#picture", file)


def remove_picture(page: Page) -> None:
    """It is deleted for good, so the page asks first."""
    page.get_by_role("button", name="Remove picture").click()
    expect(page.get_by_role("heading", name="Remove your picture?")).to_be_visible()
    page.get_by_role("button", name="Remove picture").click()


def test_a_photo_of_a_phone_is_on_the_other_persons_screen_at_once(arrange) -> None:
    scene = arrange("say(bob, 'From Bob'); say(bob, 'And more')")
    alice = live(scene.open("alice"))
    bob = scene.open("bob", "/profile/")
    large = photo(3000, 4000)
    assert len(large["buffer"]) > 2 * 1024 * 1024
    choose(bob, large)
    expect(bob.locator(".crop canvas")).to_be_visible()
    bob.get_by_role("button", name="Upload picture").click()
    expect(bob.locator("form .avatar img")).to_be_visible()
    shown = alice.locator(".message .avatar img").first
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 256)
    alice.locator("#details-toggle").click()
    expect(alice.locator("#members .avatar img")).to_have_count(1)
    send(live(scene.open("bob")), "With my picture")
    expect(alice.locator(".message[data-seq='3'] .avatar img")).to_be_attached()
    remove_picture(bob)
    expect(alice.locator(".message .avatar img")).to_have_count(0)
    expect(alice.locator(".message .avatar").first).to_have_text(re.compile(r"\w+"))


# Left half red, right half blue: what is kept says where the square was.
HALVES = BytesIO()
image = Image.new("RGB", (800, 400), (200, 0, 0))
image.paste((0, 0, 200), (400, 0, 800, 400))
image.save(HALVES, "PNG")
PIXEL = """([x, y]) => {
    const [red, , blue] = document.querySelector(".crop canvas").getContext("2d").getImageData(x, y, 1, 1).data;
    return red > blue ? "red" : "blue";
}"""


def test_a_picture_is_cropped_by_pointer_and_by_keys_before_it_is_kept(arrange) -> None:
    scene = arrange()
    bob = scene.open("bob", "/profile/")
    choose(bob, {"name": "halves.png", "mimeType": "image/png", "buffer": HALVES.getvalue()})
    canvas = bob.locator(".crop canvas")
    expect(canvas).to_be_visible()
    assert [bob.evaluate(PIXEL, [x, 256]) for x in (5, 250, 262, 507)] == ["red", "red", "blue", "blue"]
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    bob.mouse.move(x, y)
    bob.mouse.down()
    bob.mouse.move(x + 3 * box["width"], y)  # farther than the picture goes
    bob.mouse.up()
    assert [bob.evaluate(PIXEL, [at, 256]) for at in (5, 507)] == ["red", "red"]
    canvas.focus()
    for _ in range(40):
        bob.keyboard.press("ArrowRight")
    assert [bob.evaluate(PIXEL, [at, 256]) for at in (5, 507)] == ["blue", "blue"]
    zoom = bob.get_by_label("Zoom")
    bob.keyboard.press("+")
    assert float(zoom.input_value()) > 1
    zoom.fill("1")
    for _ in range(16):  # back by half of the square: its left half is red
        canvas.press("ArrowLeft")
    assert [bob.evaluate(PIXEL, [at, 256]) for at in (250, 262)] == ["red", "blue"]
    bob.get_by_role("button", name="Upload picture").click()
    kept = bob.locator("form .avatar img")
    expect(kept).to_be_visible()
    with Image.open(BytesIO(bob.request.get(scene.server.url + kept.get_attribute("src")).body())) as image:
        assert image.size == (256, 256)
        left, right = (image.convert("RGB").getpixel((at, 128)) for at in (20, 235))
    assert left[0] > 100 + left[2], left
    assert right[2] > 100 + right[0], right
    remove_picture(bob)
    expect(bob.locator("form .avatar img")).to_have_count(0)


def test_a_file_too_large_is_refused_before_it_is_uploaded(arrange) -> None:
    scene = arrange()
    bob = scene.open("bob", "/profile/")
    sent: list[str] = []
    bob.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    choose(bob, {"name": "film.png", "mimeType": "image/png", "buffer": b"x" * (1024 * 1024 + 1)})
    sentence = bob.get_by_text("This picture is larger than 1.0\u00a0MB. Choose a smaller one.")
    expect(sentence).to_be_visible()
    expect(bob.locator("#picture")).to_have_attribute("aria-invalid", "true")
    bob.get_by_role("button", name="Upload picture").click()
    assert not bob.evaluate("document.querySelector('#picture').checkValidity()")
    assert sent == []
    choose(bob, photo(100, 100))
    expect(sentence).to_have_count(0)
    expect(bob.locator(".crop canvas")).to_be_visible()


def test_without_script_a_picture_is_shown_too_and_one_too_large_is_refused(arrange) -> None:
    scene = arrange()
    bob = scene.open("bob", "/profile/", java_script_enabled=False)
    choose(bob, photo(100, 100))
    bob.get_by_role("button", name="Upload picture").click()
    expect(bob.locator("form .avatar img")).to_be_visible()
    remove_picture(bob)
    expect(bob.locator("form .avatar img")).to_have_count(0)
    expect(
        bob.get_by_text("PNG, JPEG, WebP or GIF, up to 1.0\u00a0MB and 16 million pixels.")
    ).to_be_visible()
    choose(bob, photo(3000, 4000))
    bob.get_by_role("button", name="Upload picture").click()
    # The server disconnects before it was all sent. Not every Chromium still reads that answer.
    bob.wait_for_url(re.compile(r"^chrome-error:|/profile/picture/$"))
    bob.goto(f"{scene.server.url}/profile/")
    expect(bob.locator("form .avatar img")).to_have_count(0)


def test_a_card_opens_and_closes_with_the_keyboard_alone(arrange) -> None:
    scene = arrange("say(bob, 'From Bob')")
    alice = live(scene.open("alice"))
    alice.focus("#stream")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Tab")
    name = alice.locator(".message[data-seq='1'] .message__name")
    expect(name).to_be_focused()
    alice.keyboard.press("Enter")
    card = alice.locator("#dialog")
    expect(card.get_by_role("heading")).to_have_text(name.inner_text())
    expect(card.get_by_role("button", name="Message")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(name).to_be_focused()


def test_a_card_opens_on_a_picture_and_leads_to_a_conversation(arrange) -> None:
    scene = arrange("say(bob, 'From Bob'); say(bob, 'Continued')")
    alice = live(scene.open("alice"))
    alice.locator(".message[data-seq='1'] .avatar").click()
    expect(alice.locator("dialog .avatar")).to_be_visible()
    alice.keyboard.press("Escape")
    alice.locator("#details-toggle").click()
    alice.locator("#members .person__name").first.click()
    expect(alice.locator("dialog .avatar")).to_be_visible()
    alice.keyboard.press("Escape")
    alice.goto(f"{scene.server.url}/people/")
    alice.locator(".rows").get_by_role("link", name="Charlie Reyes").click()
    alice.locator("#dialog").get_by_role("button", name="Message").click()
    expect(alice.locator("#room-title h1")).to_have_text("Charlie Reyes")


def test_without_script_a_name_leads_to_a_page(arrange) -> None:
    scene = arrange("say(bob, 'From Bob')")
    alice = scene.open("alice", java_script_enabled=False)
    name = alice.locator(".message__name").first
    called = name.inner_text()
    name.click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(called)
    alice.get_by_role("button", name="Message").click()
    expect(alice.locator("#room-title h1")).to_have_text(called)


def test_ones_data_comes_as_a_file(arrange) -> None:
    scene = arrange(DORA)
    page = scene.open("charlie", "/profile/")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download my data").click()
    assert coming.value.suggested_filename == "my-data.zip"
    with ZipFile(coming.value.path()) as archive:
        said = [message["text"] for message in json.loads(archive.read("messages.json"))]
    assert said == ["First of Dora", "Second of Dora", "Between Dora and you"]


@pytest.mark.parametrize("goes", [False, True])
def test_somebody_leaves_while_others_look(arrange, goes: bool) -> None:
    scene = arrange(DORA)
    alice, dora = live(scene.open("alice")), live(scene.open("charlie"))
    alice.locator("#details-toggle").click()
    name = f"Dora of {scene.name}"
    direct = live(scene.open("alice", "/rooms/"))
    direct.locator(".place-row[data-kind=direct]", has_text=name).get_by_role("link").click()
    expect(live(direct).locator("#room-title h1")).to_have_text(name)
    page = dora.context.new_page()
    page.goto(f"{scene.server.url}/profile/")
    page.get_by_role("link", name="Delete account").click()
    page.get_by_label("Delete them" if goes else "Keep them").check()
    page.get_by_label("Your password").fill("talk-to-me")
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_text("Your account was deleted.")).to_be_visible()
    dora.wait_for_url("**/accounts/login/**")  # the socket reported it
    for looking in (alice, direct):
        # Also what a screen reader was told.
        expect(looking.get_by_text(name)).to_have_count(0, timeout=10_000)
    expect(direct.locator("#room-title h1")).to_have_text("Former member")
    expect(direct.locator(".place", has_text="Former member").first).to_be_visible()
    first = alice.locator(".message[data-seq='1']")
    expect(first.locator(".message__name")).to_have_text("")
    word = "getComputedStyle(document.querySelector('.message__name'), '::before').content"
    assert alice.evaluate(word) == '"Former member"'
    expect(first.locator(".message__name")).not_to_have_attribute("href", re.compile("."))
    expect(alice.locator(".message[data-deleted]")).to_have_count(2 if goes else 0)
    expect(alice.get_by_text("First of Dora")).to_have_count(0 if goes else 1)
    send(direct, "Are you there?")
    expect(direct.locator(".message[data-seq='2']")).to_be_visible()


def test_colours_are_there_from_the_first_byte_and_the_time_zone_is_suggested(arrange) -> None:
    scene = arrange(DORA)
    page = scene.open("charlie", "/profile/", color_scheme="light")
    page.get_by_label("Theme").select_option("dark")
    expect(page.get_by_label("Language")).to_have_count(0)  # there are no translations yet
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Sofia")  # the browser's
    page.get_by_label("Time zone").fill("Bangkok")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label("Time zone")).to_have_value(
        "Asia/Bangkok"
    )  # chosen, so the browser's does not replace it
    lightness = "getComputedStyle(document.body).color.match(/oklch\\((\\S+)/)?.[1] ?? getComputedStyle(document.body).color"
    assert float(page.evaluate(lightness)) > 0.8


def test_axe_finds_nothing(arrange, pictures: Path) -> None:
    kept = BytesIO()
    Image.linear_gradient("L").resize((64, 64)).save(kept, "PNG")
    drawn = base64.b64encode(kept.getvalue()).decode()
    scene = arrange(
        DORA
        + f"""
import base64
actions.set_picture(charlie, base64.b64decode("{drawn}"))
actions.edit_profile(charlie, {{"pronouns": "she / her", "time_zone": "Asia/Bangkok",
    "about": "On the pier until Friday. Сутрин съм на кея, следобед в работилницата."}})
user = get_user_model().objects.create_user(f"emil-{{room.name}}@example.com", "talk-to-me")
emil = actions.ensure_person(user, "Emil")
actions.add_member(alice, room.pk, emil.username)
say(emil, "I was here"); say(emil, "And wrote")
actions.delete_account(emil, with_messages=False)
"""
    )
    page = live(scene.open("charlie", reduced_motion="reduce"))
    found = audit(page, "room-with-pictures", pictures, full_page=True)
    page.locator(".message__name[href]").first.click()
    expect(page.locator("#dialog")).to_be_visible()
    found += audit(page, "card", pictures, full_page=True)
    page.goto(f"{scene.server.url}{page.locator('.message__name[href]').first.get_attribute('href')}")
    found += audit(page, "card-page", pictures, full_page=True)
    page.goto(f"{scene.server.url}/profile/")
    found += audit(page, "profile-whole", pictures, tall=1900)
    choose(page, photo(300, 200))
    expect(page.locator(".crop canvas")).to_be_visible()
    found += audit(page, "profile-crop", pictures, tall=1900)
    page.fill("[name=username]", "no spaces")
    page.get_by_role("button", name="Save").click()
    found += audit(page, "profile-wrong", pictures, tall=1900)
    page.goto(f"{scene.server.url}/accounts/delete/")
    expect(page.locator("[name=said]").first).to_be_focused()
    found += audit(page, "delete-account", pictures, full_page=True)
    page.goto(f"{scene.server.url}/people/")
    found += audit(page, "people-with-pictures", pictures, full_page=True)
    assert not found, "\n".join(found)
