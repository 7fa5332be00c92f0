"""Removes from URLs what a log must not contain: tokens (of invitations, resets and confirmations) and query strings."""

import re

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# An invitation's id is only a number; its token is the secret.
_TOKENS = re.compile(
    rf"(/invitations/)(?!{_UUID}(?:/|\b(?![:\w-])))[^/\s\"'?]+"
    r"|(/confirm-email/)[^/\s\"'?]+"
    r"|(/password/reset/key/)[^/\s\"'?]+",
    re.IGNORECASE,
)
# A URL or any other word. A client chooses the URL, up to 16 kB of it, and the event loop is blocked meanwhile: so the
# pattern reads no character twice.
_WORD = re.compile(r"[^\s\"'<>]+")


def without_secrets(text: str) -> str:
    """``/invitations/abc:def/?next=x`` -> ``/invitations/…/?…``. Works on a path, and on a line that contains some."""
    text = _WORD.sub(_without_query, text)
    return _TOKENS.sub(lambda found: next(group for group in found.groups() if group) + "…", text)


def _without_query(found: re.Match[str]) -> str:
    """Remove the query string of a path: it may hold a search, a redirect target or a token."""
    word = found[0]
    path = word.find("/")
    query = word.find("?", path) if path >= 0 else -1
    return word if query < 0 else f"{word[:query]}?…"
