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
# An address, or a word like any other. Whoever asks for something chooses its address, up to 16 kB of it, and it is looked
# at while everybody waits: no character twice.
_WORD = re.compile(r"[^\s\"'<>]+")


def without_secrets(text: str) -> str:
    """``/invitations/abc:def/?next=x`` -> ``/invitations/…/?…``. Works on a path, and on a line that holds some."""
    text = _WORD.sub(_without_query, text)
    return _DOORS.sub(lambda found: next(group for group in found.groups() if group) + "…", text)


def _without_query(found: re.Match[str]) -> str:
    """What was searched for, where somebody goes next, a token that somebody put there: behind a path's question mark."""
    word = found[0]
    path = word.find("/")
    query = word.find("?", path) if path >= 0 else -1
    return word if query < 0 else f"{word[:query]}?…"
