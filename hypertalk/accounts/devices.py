"""Active sessions of a user: allauth's list, without the sessions that have ended."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from chat.db.availability import is_full
from hypertalk.accounts.models import User

NOTED_EVERY = 3600  # seconds between two updates of when a session was last used
NOTED = "noted_at"

_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


class DevicesMiddleware:
    """Updates each session once an hour. The other requests run no query, since the session itself has the time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = time.time()
            if now - request.session.get(NOTED, 0) >= NOTED_EVERY:
                try:
                    _note(request)
                except DatabaseError as error:
                    if not is_full(error):
                        raise  # a later request updates it: reading works with a full disk
                else:
                    request.session[NOTED] = int(now)
        return self.get_response(request)


def _note(request: HttpRequest) -> None:
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": request.user,
            "ip": get_adapter().get_client_ip(request),
            "user_agent": get_adapter().get_http_user_agent(request)[:HTTP_USER_AGENT_MAX_LENGTH],
            "last_seen_at": timezone.now(),
        },
    )


@dataclass(frozen=True, slots=True)
class Device:
    """One session, shown to its owner. ``id`` is that of allauth's row: the session's key never leaves the cookie."""

    id: int
    name: str
    address: str
    last_seen: datetime
    is_this: bool
    row: UserSession


def devices_of(request: HttpRequest) -> list[Device]:
    """The user's active sessions: the current one first, then by last use. Two queries."""
    user = cast("User", request.user)
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    alive = {
        session.session_key
        for session in Session.objects.filter(
            session_key__in=rows.values("session_key"), expire_date__gt=timezone.now()
        )
        if constant_time_compare(
            session.get_decoded().get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        )
    }
    this = request.session.session_key
    found = [_device(row, is_this=row.session_key == this) for row in rows if row.session_key in alive]
    return sorted(found, key=lambda device: not device.is_this)


def _device(row: UserSession, *, is_this: bool) -> Device:
    return Device(row.pk, described(row.user_agent), row.ip, row.last_seen_at, is_this, row)


def described(user_agent: str) -> str:
    """Browser and system in a few words. Most browsers also name others, so the first match in the table counts."""
    browser = next((name for sign, name in _BROWSERS.items() if f"{sign}/" in user_agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if re.search(rf"\b{sign}\b", user_agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
