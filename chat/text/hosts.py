"""Hosts of addresses, as they are shown: in their own script if it can't be taken for another host, else in ASCII.

Follows Unicode's UTS #39 and what browsers do in their address bars, but more simply and more strictly: an ASCII form
that need not be is ugly, a lookalike costs somebody their password.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

from chat.text.characters import INVISIBLE
from chat.text.confusables import skeleton

# The scripts that Unicode recommends for identifiers (UAX #31, table 5), as the first word of their characters' names.
_SCRIPTS = frozenset((
    "ARABIC", "ARMENIAN", "BENGALI", "BOPOMOFO", "CJK", "CYRILLIC", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GREEK",
    "GUJARATI", "GURMUKHI", "HANGUL", "HEBREW", "HIRAGANA", "KANNADA", "KATAKANA", "KHMER", "LAO", "LATIN",
    "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAANA", "THAI", "TIBETAN",
))  # fmt: skip
# What is written together in Japanese, Korean and Chinese.
_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"CJK", "HANGUL"},
    {"CJK", "BOPOMOFO"},
)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LONGEST = 63  # of a label, in ASCII
_BELOW = 220  # the combining class of marks below a letter, which the line below a link hides


def ascii_host(host: str) -> str:
    """What a browser looks up: lower case, and xn-- for labels in other scripts. Any text; never fails."""
    return ".".join(_ascii(label) for label in _DOTS.split(host))


@lru_cache(maxsize=1024)
def shown_host(host: str) -> str:
    """The host as it may be shown, from either form. An ASCII host stays as it is written."""
    if host.isascii() and "xn--" not in host.lower():
        return host
    labels = ascii_host(host).split(".")
    read = [_read(label) for label in labels]
    # A host below a domain of its own script, such as .рф or .ไทย, does not look Latin as a whole.
    domain = read[-1] or ""
    own = bool(domain) and not domain.isascii() and not _looks_latin(domain)
    return ".".join(
        label
        if text is None or (_looks_latin(text) and not (own and _scripts(text) == _scripts(domain)))
        else text
        for label, text in zip(labels, read, strict=True)
    )


def _ascii(label: str) -> str:
    if label.isascii():
        return label
    if len(label) > _LONGEST:  # there is no such host, and punycode takes the square of its length
        return quote(label, safe="", errors="surrogatepass")
    # What browsers do first. Forms that hold something else than letters (such as ／) must not become part of the URL.
    plain = unicodedata.normalize("NFKC", label).lower()
    if any(unicodedata.category(sign)[0] not in "LMN" and sign != "-" for sign in plain):
        plain = label
    if len(plain) > _LONGEST:
        return quote(plain, safe="", errors="surrogatepass")
    return plain if plain.isascii() else f"xn--{plain.encode('punycode').decode()}"


def _read(label: str) -> str | None:
    """The label in its script, or None if it must stay in ASCII. A label without xn-- is itself."""
    if not label.lower().startswith("xn--"):
        return label
    if len(label) > _LONGEST:
        return None
    try:
        text = label[4:].encode().decode("punycode")
    except ValueError:  # UnicodeError is one
        return None
    honest = (
        text.lower() == text == unicodedata.normalize("NFKC", text)
        and f"xn--{text.encode('punycode').decode()}" == label.lower()
        and all(_is_of_a_word(sign) for sign in text)
        and unicodedata.category(text[:1] or " ")[0] != "M"
    )
    scripts = _scripts(text) if honest else set()
    if not scripts or not (
        (len(scripts) == 1 and scripts <= _SCRIPTS) or any(scripts <= together for together in _TOGETHER)
    ):
        return None
    return text


def _is_of_a_word(sign: str) -> bool:
    return sign not in INVISIBLE and (sign == "-" or unicodedata.category(sign)[0] in "LMN")


def _scripts(text: str) -> set[str]:
    """The scripts of the letters, marks and digits that are not ASCII digits. For ASCII letters, Latin."""
    return {
        unicodedata.name(sign, "?").partition(" ")[0]
        for sign in text
        if sign != "-" and not (sign.isascii() and sign.isdecimal())
    }


def _looks_latin(text: str) -> bool:
    """Whether it could be taken for letters from a to z, though it has others. Accents above letters are seen."""
    if text.isascii():
        return False
    if _scripts(text) == {"LATIN"}:
        return any(not _is_plainly_accented(sign) for sign in text)
    return skeleton(text).isascii()


def _is_plainly_accented(sign: str) -> bool:
    """ASCII, or a letter of European alphabets (Unicode's first two blocks, but for ı, ĸ, ŀ and ŉ) or Vietnamese."""
    known = "\u00df" <= sign <= "\u017e" and sign not in "\u0131\u0138\u0140\u0149"
    known = known or "\u1ea0" <= sign <= "\u1ef9" or sign in "\u01a1\u01b0\u0219\u021b"
    marks = unicodedata.normalize("NFD", sign)[1:]
    return sign.isascii() or (known and all(unicodedata.combining(mark) != _BELOW for mark in marks))
