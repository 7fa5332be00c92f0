"""Finds addresses in text, and where they end in scripts without spaces."""

import re
from typing import Any

from linkify_it import LinkifyIt

from chat.text.characters import UNSPACED, is_unspaced

# How far the end of an address is looked for: browsers and servers take hardly longer ones.
_LONGEST = 2000
_RUN = re.compile(rf"[^\s<>]{{0,{_LONGEST}}}")
_BEGIN = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@]*@)?", re.IGNORECASE)
_OPENING, _CLOSING = "\u3008\u300a\u300c\u300e\u3010\uff08", "\u3009\u300b\u300d\u300f\u3011\uff09"
# Where an ASCII character that ends words is followed by a script without spaces.
_BOUNDARY = re.compile(rf"(?<=[a-z0-9.,!;'\"()\[\]*$|])(?=[{UNSPACED}{_OPENING}])", re.IGNORECASE)
_WHOLE_HOST = re.compile(r"(?:(?:[a-z0-9-]+\.)+[a-z]{2,}|localhost|\d+(?:\.\d+){3})(?::\d+)?", re.IGNORECASE)
_MORE_HOST = re.compile(r"[^/?#:]*\.[a-z0-9]", re.IGNORECASE)
# Punctuation of East Asia ends a sentence, not a segment of a path.
_STOPS = re.compile("[\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f]")
_TOUCHING = re.compile(rf"(?<=[a-z0-9])[{UNSPACED}]+|[{UNSPACED}]+(?=[a-z0-9])", re.IGNORECASE)
_MAYBE = re.compile(r"@|www\.|mailto:", re.IGNORECASE)
_WWW = re.compile(r"(?<![a-z0-9_@/.:\\-])www\.(?=[^\s./]+\.[^\s./]{2})", re.IGNORECASE)


def end_of_address(text: str) -> int:
    """Where an address that begins at the start of the text ends at the latest.

    In ``https://example.com/aครับ`` that is before ครับ, as no space can tell it from the sentence. A segment that
    begins in such a script belongs to the address: ``https://example.com/เรือ``.
    """
    run = _RUN.match(text)
    address = run.group() if run else ""
    if address.isascii():
        return len(text)
    ends = [found.start() for found in (_STOPS.search(address),) if found]
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        begin, sep, _ = address.partition(closing)
        if sep and opening not in begin:
            ends.append(len(begin))
    before = _BEGIN.match(address)
    host = before.end() if before else 0
    for found in _BOUNDARY.finditer(address):
        if _ends_at(address, host, found.start()):
            ends.append(found.start())
            break
    return min(ends, default=len(text))


def _ends_at(address: str, host: int, boundary: int) -> bool:
    segment = max(address.rfind(sign, host, boundary) for sign in "/?#=&") + 1
    if segment:
        return not is_unspaced(address[segment])
    whole = _WHOLE_HOST.fullmatch(address, host, boundary)
    return whole is not None and not _MORE_HOST.match(address, boundary)


class Finder(LinkifyIt):  # type: ignore[misc]  # untyped
    """Finds addresses with a scheme, www. and mail addresses: only what can't be taken for anything else.

    setup.py and readme.md are not domains in Paraguay and Moldova, and git@github.com:a/b.git is no mail address.
    """

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})

    def pretest(self, text: str) -> bool:
        return _MAYBE.search(text) is not None

    test = pretest

    def match_at_start(self, text: str) -> Any:
        return super().match_at_start(text[: end_of_address(text)])

    def match(self, text: str) -> list[Any]:
        """All addresses of the text, in order. Those after http(s):// were found before (``match_at_start``)."""
        # For mail addresses, the scripts without spaces are like spaces; each keeps its place.
        spaced = _TOUCHING.sub(lambda found: " " * len(found.group()), text)
        found = [each for each in super().match(spaced) or [] if not _is_remote_path(each, spaced)]
        found += [each for begin in _WWW.finditer(text) if (each := self._www(begin.start(), text))]
        kept: list[Any] = []
        for each in sorted(found, key=lambda each: each.index):
            if not kept or each.index >= kept[-1].last_index:
                kept.append(each)
        return kept

    def _www(self, begin: int, text: str) -> Any:
        """The address that begins here, or None."""
        address = text[begin : begin + _LONGEST]
        address = f"//{address[: end_of_address(address)]}"
        length = self.test_schema_at(address, "https:", 0) - 2
        if length <= 0:
            return None
        found = self._create_match(text, "https:", begin, begin + length)
        found.url = f"https://{found.raw}"
        return found


def _is_remote_path(found: Any, text: str) -> bool:
    """user@host:path, as git, scp and rsync write it."""
    after = text[found.last_index : found.last_index + 2]
    return found.schema == "mailto:" and after[:1] == ":" and bool(after[1:].strip())
