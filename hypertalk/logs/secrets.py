"""Addresses as a log may show them: what opens a door (an invitation, a reset, a confirmation) is taken out."""

import re

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# An invitation's id is only a number; its token is the door.
_DOORS = re.compile(
    rf"(/invitations/)(?!{_UUID}(?:/|\b(?![:\w-])))[^/\s\"'?]+"
    r"|(/confirm-email/)[^/\s\"'?]+"
    r"|(/password/reset/key/)[^/\s\"'?]+",
    re.IGNORECASE,
)
# What was searched for, where somebody goes next, a token that somebody put there.
_QUERY = re.compile(r"(/[^\s?\"'<>]*)\?[^\s\"'<>]*")


def without_secrets(text: str) -> str:
    """``/invitations/abc:def/?next=x`` -> ``/invitations/…/?…``. Works on a path, and on a line that holds some."""
    text = _QUERY.sub(r"\1?…", text)
    return _DOORS.sub(lambda found: next(group for group in found.groups() if group) + "…", text)
