"""Account security: a passkey, codes and sessions, in a real Chromium with a virtual authenticator."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.contexts import VIOLATIONS
from tests.browser.looking import audit
from tests.browser.scene import DESK, live

PASSWORD = "talk-to-me"
SECURITY = "/accounts/security/"
# Passkeys need TLS, or a host of this name.
LOCAL = re.compile(r"//127\.0\.0\.1")


@pytest.fixture
def newcomer(arrange) -> Any:
    """A person for one test, who may change how they sign in: a function that opens their pages at localhost."""
    scene = arrange()
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    scene.do(
        "from django.contrib.auth import get_user_model as g\n"
        f"actions.ensure_person(g().objects.create_user('{email}', '{PASSWORD}'), 'Nora')"
    )
    scene.email = email
    scene.home = LOCAL.sub("//localhost", scene.server.url)

    def visit(path: str = "/accounts/login/", **options: Any) -> Page:
        context = scene.browser.new_context(**{"viewport": DESK, "locale": "en-GB"} | options)
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.on(
            "console", lambda m: scene.complain("nora", m.text) if m.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: scene.complain("nora", str(error)))
        scene.pages.append(page)
        page.goto(scene.home + path)
        return page

    scene.visit = visit
    return scene


def give_password(page: Page, scene: Any) -> None:
    page.get_by_label("Email").fill(scene.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def signed_in(scene: Any, **options: Any) -> Page:
    page = scene.visit(**options)
    give_password(page, scene)
    expect(page).to_have_url(re.compile("/rooms/"))
    return page


def prove(page: Page) -> None:
    """Confirm the password."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def authenticator(page: Page, **more: Any) -> tuple[Any, str]:
    """A phone or a fingerprint reader, connected to this page's browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
    return session, made["authenticatorId"]


def add_passkey(page: Page, scene: Any) -> None:
    page.goto(scene.home + SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    prove(page)
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(page: Page, scene: Any) -> None:
    page.goto(scene.home + "/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_passkey_is_added_and_signs_in_by_keyboard_alone(newcomer: Any) -> None:
    page = signed_in(newcomer)
    authenticator(page)
    add_passkey(page, newcomer)
    sign_out(page, newcomer)
    page.goto(newcomer.home + "/accounts/login/?next=/profile/")
    button = page.get_by_role("button", name="Sign in with a passkey")
    expect(button).to_be_visible()
    page.get_by_label("Email").focus()
    for _ in range(6):
        if button.evaluate("it => it === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/profile/"))


def test_a_passkey_is_the_second_step_after_the_password_and_is_removed(newcomer: Any) -> None:
    page = signed_in(newcomer)
    authenticator(page)
    add_passkey(page, newcomer)
    sign_out(page, newcomer)
    give_password(page, newcomer)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/rooms/"))
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Remove Phone").click()
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Passkey removed.")).to_be_visible()
    sign_out(page, newcomer)
    give_password(page, newcomer)
    expect(page).to_have_url(re.compile("/rooms/"))


def test_who_gives_up_half_way_is_told_and_tries_again(newcomer: Any) -> None:
    page = signed_in(newcomer)
    session, key = authenticator(page)
    add_passkey(page, newcomer)
    sign_out(page, newcomer)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    button = page.get_by_role("button", name="Sign in with a passkey")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey did not work")
    expect(button).to_be_focused()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    button.click()
    expect(page).to_have_url(re.compile("/rooms/"))


def test_codes_are_set_up_and_asked_for_and_a_recovery_code_helps(newcomer: Any) -> None:
    page = signed_in(newcomer)
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Set up app").click()
    prove(page)
    picture = page.locator("img.qr")
    assert picture.evaluate("it => it.complete && it.naturalWidth > 100")
    secret = page.get_by_label("enter this key").input_value()
    give_code(page, secret, "Turn on")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    sign_out(page, newcomer)
    give_password(page, newcomer)
    give_code(page, secret, "Sign in")
    expect(page).to_have_url(re.compile("/rooms/"))
    sign_out(page, newcomer)
    give_password(page, newcomer)
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/rooms/"))
    page.goto(newcomer.home + SECURITY)
    expect(page.get_by_text("9 left")).to_be_visible()


def give_code(page: Page, secret: str, button: str) -> None:
    """As a person does: enter the current code, and the next one if that has just expired."""
    for _ in range(2):
        before = page.url
        code = format_hotp_value(hotp_value(secret, page.evaluate("Math.floor(Date.now() / 30000)")))
        page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code)
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        if page.url != before:
            return


def test_a_session_that_is_ended_elsewhere_ends_on_the_screen(newcomer: Any) -> None:
    here, there = (
        signed_in(newcomer),
        live(signed_in(newcomer, user_agent="Mozilla/5.0 (iPhone) Safari/604.1")),
    )
    here.goto(newcomer.home + SECURITY)
    here.get_by_role("link", name="Show sessions").click()
    expect(here.get_by_text("Safari on iPhone", exact=True)).to_be_visible()
    here.get_by_role("button", name="End session Safari on iPhone").click()
    expect(here.get_by_role("status").filter(has_text="Session ended.")).to_be_visible()
    expect(there).to_have_url(re.compile("/accounts/login/"))
    expect(here.get_by_text("Safari on iPhone", exact=True)).to_have_count(0)


def test_without_script_the_door_offers_what_works(newcomer: Any) -> None:
    page = newcomer.visit(java_script_enabled=False)
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    give_password(page, newcomer)
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    prove(page)
    expect(page.get_by_text("This browser can't use passkeys here.")).to_be_visible()
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Show sessions").click()
    expect(page.get_by_text("This session")).to_be_visible()


PAGES = {
    "security": "",
    "security-sessions": "sessions/",
    "security-email": "email/",
    "security-app": "app/",
    "security-passkey": "passkeys/new/",
    "security-codes": "codes/",
    "security-codes-new": "codes/new/",
}


def test_axe_finds_nothing_and_nothing_scrolls_sideways(newcomer: Any, pictures: Path) -> None:
    page = signed_in(newcomer, reduced_motion="reduce")
    authenticator(page)
    signed_in(newcomer, user_agent="Mozilla/5.0 (iPhone) Safari/604.1")
    found = []

    def look(name: str) -> None:
        found.extend(audit(page, name, pictures, full_page=True))

    page.goto(newcomer.home + SECURITY + "passkeys/new/")
    look("security-again")
    add_passkey(page, newcomer)
    for name, path in PAGES.items():
        page.goto(newcomer.home + SECURITY + path)
        look(name)
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Rename Phone").click()
    look("security-rename")
    page.goto(newcomer.home + SECURITY)
    page.get_by_role("link", name="Remove Phone").click()
    look("security-remove")
    sign_out(page, newcomer)
    look("sign-in-passkey")
    give_password(page, newcomer)
    look("two-factor")
    assert not found, "\n".join(found)
