"""System checks: what the chat needs of its project, each as one sentence of ``manage.py check`` (docs/embedding.md)."""

from collections.abc import Collection, Iterator
from typing import Any

from channels.layers import get_channel_layer
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register
from django.db import DEFAULT_DB_ALIAS, connections
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from chat.account_pages import PAGES, account_page

APPS = {
    "django.contrib.auth": "E001",
    "django.contrib.sessions": "E002",
    "django.contrib.messages": "E003",
    "django.contrib.staticfiles": "E004",
    "django_htmx": "E005",
}
# In this order: each may need what an earlier one adds to the request.
MIDDLEWARE = {
    "django.contrib.sessions.middleware.SessionMiddleware": "E010",
    "django.middleware.csrf.CsrfViewMiddleware": "E017",
    "django.contrib.auth.middleware.AuthenticationMiddleware": "E011",
    "django.contrib.messages.middleware.MessageMiddleware": "E012",
    "django_htmx.middleware.HtmxMiddleware": "E013",
    "chat.middleware.NoSharedCacheMiddleware": "E014",
    "chat.middleware.PersonLocaleMiddleware": "E015",
}
CONTEXT_PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
CSP = "django.template.context_processors.csp"
FLAGS = ("is_active", "is_staff", "is_superuser")
DATABASES = ("postgresql", "sqlite")


def register_all() -> None:
    for check in (check_apps, check_middleware, check_templates, check_user, check_live, check_addresses):
        register(check, "chat")


def check_apps(**_: Any) -> Iterator[CheckMessage]:
    for app, number in APPS.items():
        if not apps.is_installed(app):
            yield _error(number, f"{app} is not in INSTALLED_APPS.", f'Add "{app}" to INSTALLED_APPS.')


def check_middleware(**_: Any) -> Iterator[CheckMessage]:
    """Subclasses count. The chat's own middleware reads ``request.user``, so it must come after the others."""
    classes = [import_string(path) for path in settings.MIDDLEWARE]
    found: list[int] = []
    for path, number in MIDDLEWARE.items():
        wanted = import_string(path)
        at = next((n for n, each in enumerate(classes) if _is_subclass(each, wanted)), None)
        if at is None:
            yield _error(number, f"{path} is not in MIDDLEWARE.", f'Add "{path}" to MIDDLEWARE.')
        elif path.startswith("chat.") and found and at < max(found):
            yield _error(
                "E016", f"{path} comes too early in MIDDLEWARE.", "Move it to the end of MIDDLEWARE."
            )
        else:
            found.append(at)


def check_templates(**_: Any) -> Iterator[CheckMessage]:
    try:
        engine = get_template("chat/shell/app.html").backend  # type: ignore[attr-defined]  # all engines have it
    except TemplateDoesNotExist:
        engine = None
    if not isinstance(engine, DjangoTemplates):
        yield _error(
            "E020",
            "Django's template engine does not find the templates of the chat.",
            "Set APP_DIRS to True for the DjangoTemplates backend in TEMPLATES.",
        )
        return
    there: Collection[str] = engine.engine.context_processors
    needed = [*CONTEXT_PROCESSORS, *([CSP] if _has_csp() else [])]
    for path in needed:
        if path not in there:
            hint = f'Add "{path}" to the context_processors in TEMPLATES.'
            yield _error("E021", f"The context processor {path} is missing.", hint)


def check_user(**_: Any) -> Iterator[CheckMessage]:
    """Hand-written SQL reads these columns; Django's admin needs the flags, too."""
    users = get_user_model()
    fields = {field.name for field in users._meta.get_fields() if getattr(field, "column", None)}  # noqa: SLF001 - documented
    if users.get_email_field_name() not in fields:
        yield _error(
            "E030",
            f"{users._meta.label} has no field {users.get_email_field_name()!r} for an e-mail address.",  # noqa: SLF001
            "Add an EmailField, and name it in EMAIL_FIELD if it is not called email.",
        )
    for name in FLAGS:
        if name not in fields:
            yield _error(
                "E031",
                f"{users._meta.label} has no field {name}.",  # noqa: SLF001
                f"Add {name} as a BooleanField; is_superuser comes with PermissionsMixin.",
            )


def check_live(**_: Any) -> Iterator[CheckMessage]:
    if get_channel_layer() is None:
        yield _error(
            "E040",
            "There is no channel layer: what one process writes never reaches the sockets of another.",
            'Set CHANNEL_LAYERS["default"]; channels.layers.InMemoryChannelLayer is enough for one process.',
        )
    vendor = connections[DEFAULT_DB_ALIAS].vendor
    if vendor not in DATABASES:
        yield _error("E041", f"The chat does not speak the SQL of {vendor}.", "Use PostgreSQL, or SQLite.")
    if not settings.USE_TZ:
        yield _error("E042", "The chat keeps its times in UTC, with their time zone.", "Set USE_TZ to True.")


def check_addresses(**_: Any) -> Iterator[CheckMessage]:
    try:
        reverse("chat:home")
    except NoReverseMatch:
        hint = 'Add path("chat/", include("chat.urls")) to the URL configuration.'
        yield _error("E050", "The pages of the chat have no addresses.", hint)
    named = getattr(settings, "CHAT_ACCOUNT_PAGES", {})
    for name in sorted(set(named) - set(PAGES)):
        yield _error(
            "E051", f"CHAT_ACCOUNT_PAGES has {name!r}, which means nothing.", f"It may have {PAGES}."
        )
    for name in ("login", *PAGES):
        try:
            account_page(name)
        except NoReverseMatch:
            setting = "LOGIN_URL" if name == "login" else f"CHAT_ACCOUNT_PAGES[{name!r}]"
            hint = f"Set {setting} to a path, or to the name of a URL pattern."
            yield _error("E052", f"{setting} leads nowhere.", hint)


def _has_csp() -> bool:
    return bool(getattr(settings, "SECURE_CSP", {}) or getattr(settings, "SECURE_CSP_REPORT_ONLY", {}))


def _is_subclass(found: object, wanted: type) -> bool:
    return isinstance(found, type) and issubclass(found, wanted)


def _error(number: str, sentence: str, hint: str) -> Error:
    return Error(sentence, hint=hint, id=f"chat.{number}")
