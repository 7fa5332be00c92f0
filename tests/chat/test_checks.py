"""What ``manage.py check`` reports when a project lacks something the chat needs."""

import pytest
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import modify_settings, override_settings

from chat.checks import APPS, CONTEXT_PROCESSORS, CSP, FLAGS, MIDDLEWARE

urlpatterns: list[object] = []  # in a project without the chat


class TheirSessions(SessionMiddleware):
    pass


def complaints() -> list[str]:
    return [found.id for found in run_checks(tags=["chat"])]


def test_the_deployment_has_all_that_is_needed() -> None:
    assert complaints() == []


@pytest.mark.parametrize(("app", "number"), APPS.items())
def test_an_app_is_missing(app: str, number: str) -> None:
    with modify_settings(INSTALLED_APPS={"remove": app}):
        said = {found.id: found.msg for found in run_checks(tags=["chat"])}
    assert app in said[f"chat.{number}"]


@pytest.mark.parametrize(("path", "number"), MIDDLEWARE.items())
def test_a_middleware_is_missing(path: str, number: str) -> None:
    with modify_settings(MIDDLEWARE={"remove": path}):
        said = {found.id: found.msg for found in run_checks(tags=["chat"])}
    assert list(said) == [f"chat.{number}"]
    assert path in said[f"chat.{number}"]


def test_a_middleware_of_the_chat_comes_before_who_is_signed_in_is_known() -> None:
    first = "chat.middleware.PersonLocaleMiddleware"
    others = [path for path in configured.MIDDLEWARE if path != first]
    with override_settings(MIDDLEWARE=[first, *others]):
        assert complaints() == ["chat.E016"]


def test_a_middleware_that_inherits_from_one_of_these_will_do() -> None:
    plain = "django.contrib.sessions.middleware.SessionMiddleware"
    theirs = [f"{__name__}.TheirSessions" if path == plain else path for path in configured.MIDDLEWARE]
    with override_settings(MIDDLEWARE=theirs):
        assert complaints() == []


def test_the_templates_are_not_found() -> None:
    (engine,) = configured.TEMPLATES
    with override_settings(TEMPLATES=[{**engine, "DIRS": [], "APP_DIRS": False}]):
        assert complaints() == ["chat.E020"]


@pytest.mark.parametrize("path", [*CONTEXT_PROCESSORS, CSP])
def test_a_context_processor_is_missing(path: str) -> None:
    (engine,) = configured.TEMPLATES
    there = engine["OPTIONS"]["context_processors"]
    options = {**engine["OPTIONS"], "context_processors": [each for each in there if each != path]}
    with override_settings(TEMPLATES=[{**engine, "OPTIONS": options}]):
        assert complaints() == ["chat.E021"]
        with override_settings(SECURE_CSP={}):  # without a CSP no nonce is needed
            assert complaints() == ([] if path == CSP else ["chat.E021"])


def test_users_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_user_model(), "EMAIL_FIELD", "mailbox")
    (found,) = run_checks(tags=["chat"])
    assert found.id == "chat.E030"
    assert "mailbox" in found.msg


@pytest.mark.parametrize("flag", FLAGS)
def test_users_without_a_flag(flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = get_user_model()._meta
    fields = [field for field in options.get_fields() if field.name != flag]
    monkeypatch.setattr(options, "get_fields", lambda: fields)
    (found,) = run_checks(tags=["chat"])
    assert found.id == "chat.E031"
    assert flag in found.msg


def test_no_channel_layer() -> None:
    with override_settings(CHANNEL_LAYERS={}):
        assert complaints() == ["chat.E040"]


def test_a_database_whose_sql_the_chat_does_not_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "mysql")
    assert complaints() == ["chat.E041"]


def test_times_without_a_zone() -> None:
    with override_settings(USE_TZ=False):
        assert complaints() == ["chat.E042"]


def test_no_addresses() -> None:
    with override_settings(ROOT_URLCONF=__name__, LOGIN_URL="/sign-in/", CHAT_ACCOUNT_PAGES={}):
        assert complaints() == ["chat.E050"]


def test_account_pages_that_are_not_there() -> None:
    pages = {"logout": "sign-out", "profile": "/me/"}
    with override_settings(LOGIN_URL="sign-in", CHAT_ACCOUNT_PAGES=pages):
        said = [(found.id, found.msg) for found in run_checks(tags=["chat"])]
    assert [number for number, _ in said] == ["chat.E051", "chat.E052", "chat.E052"]
    assert "'profile'" in said[0][1]
    assert "LOGIN_URL" in said[1][1]
    assert "logout" in said[2][1]
