"""The page shows another room while something is slow, fails or changes: nothing is lost, and nothing stays too long."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.scene import Scene, live
from tests.browser.switches import OTHER, go, mark, of_parts, stayed

OF_OTHER = ["Other 0", "Other 1", "Other 2"]
MEMBER = """
other = Room.objects.get(name="other-{name}")
alice, bob = (Person.objects.get(user__email=f"{{name}}@example.com") for name in ("alice", "bob"))
"""
LEAVES = MEMBER + "actions.remove_member(bob, other.pk, other.members.get(person=alice).pk)"
COMES = MEMBER + "actions.add_member(bob, other.pk, alice.username)"


def elsewhere(scene: Scene, code: str) -> None:
    """Another process does it, and nobody tells the one of the pages."""
    scene.do(code.format(name=scene.name))


def sign_in(where: Page | Locator) -> None:
    where.get_by_label("Email").fill("alice@example.com")
    where.get_by_label("Password").fill("talk-to-me")
    where.get_by_role("button", name="Sign in", exact=True).click()


def test_nothing_stays_of_a_room_that_left_the_list_or_of_any_when_the_session_ends(arrange) -> None:
    scene: Scene = arrange(OTHER)
    alice, other = live(scene.open("alice")), f"other-{scene.name}"
    asked: list[str] = []
    alice.on(
        "request",
        lambda request: asked.append(request.url) if of_parts(request) else None,
    )
    mark(alice)
    words, row = alice.locator("#messages .message__text"), alice.locator(f".place-row:has-text('{other}')")

    def there_and_back(requests: int) -> None:
        go(alice, other)
        expect(words).to_have_text(OF_OTHER)
        go(alice, scene.name)
        expect(words).to_have_text(["Here it began"])
        assert len(asked) == requests

    there_and_back(1)
    there_and_back(1)
    for what, rows in ((LEAVES, 0), (COMES, 1)):
        elsewhere(scene, what)
        alice.evaluate(
            "() => dispatchEvent(new Event('online'))"
        )  # the page connects again, and asks for the list
        expect(row).to_have_count(rows)
    there_and_back(2)
    there_and_back(2)
    alice.fill("#body", "Half a thought")
    alice.context.clear_cookies()
    alice.evaluate("() => dispatchEvent(new Event('online'))")
    sign_in(alice.get_by_role("dialog", name="Sign in again"))
    live(alice)
    there_and_back(3)
    expect(alice.locator("#body")).to_have_value("Half a thought")
    assert stayed(alice)
