"""Characters that need care, in named sets: whoever cleans, compares or shortens text takes them from here."""

import re
from collections.abc import Iterable


def _range(first: int, last: int) -> frozenset[str]:
    return frozenset(map(chr, range(first, last + 1)))


# Unicode's category Cc, which is closed. PostgreSQL refuses NUL.
CONTROLS = _range(0x00, 0x1F) | _range(0x7F, 0x9F)
# What ends a line, besides "\n" itself; the last two are Unicode's own separators of lines and paragraphs.
LINE_BREAKS = frozenset("\r\x85\u2028\u2029")
# Half a surrogate pair can arrive in JSON ("\ud800") and has no bytes in any database.
SURROGATES = _range(0xD800, 0xDFFF)
# They turn the direction of what follows: with them a link or a line of code reads otherwise than it is
# ("Trojan Source", CVE-2021-42574).
DIRECTION_MARKS = _range(0x202A, 0x202E) | _range(0x2066, 0x2069)
BYTE_ORDER_MARK = frozenset("\ufeff")
# They enclose a note between the lines, which few programs show.
ANNOTATION_MARKS = _range(0xFFF9, 0xFFFB)
# They join or separate letters and have no width. Thai, Persian and emoji need them.
JOINER = "\u200d"
ZERO_WIDTH = frozenset("\u200b\u200c\u2060" + JOINER)
# Nothing to see, though they are neither spaces nor of Unicode's category of formatting characters.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
VARIATION_SELECTORS = _range(0x180B, 0x180F) | _range(0xFE00, 0xFE0F)
ACCENTS = _range(0x0300, 0x036F)
SKIN_TONES = _range(0x1F3FB, 0x1F3FF)


def any_of(characters: Iterable[str]) -> str:
    """A regular expression for one of them."""
    return f"[{re.escape(''.join(sorted(characters)))}]"
