"""Characters that need care, as named sets. Cleaning, comparing and shortening text all use these."""

import re
from collections.abc import Iterable


def _range(first: int, last: int) -> frozenset[str]:
    return frozenset(map(chr, range(first, last + 1)))


# Unicode's category Cc, which is closed. PostgreSQL rejects NUL.
CONTROLS = _range(0x00, 0x1F) | _range(0x7F, 0x9F)
# Line ends besides "\n"; the last two are Unicode's separators of lines and paragraphs.
LINE_BREAKS = frozenset("\r\x85\u2028\u2029")
# Half a surrogate pair can arrive in JSON ("\ud800") and has no bytes in any database.
SURROGATES = _range(0xD800, 0xDFFF)
# They change the direction of the following text, so that a link or a line of code reads differently than it
# is ("Trojan Source", CVE-2021-42574).
DIRECTION_MARKS = _range(0x202A, 0x202E) | _range(0x2066, 0x2069)
BYTE_ORDER_MARK = frozenset("\ufeff")
# Marks of interlinear annotations, which few programs display.
ANNOTATION_MARKS = _range(0xFFF9, 0xFFFB)
# They join or separate letters and have no width. Thai, Persian and emoji need them.
JOINER = "\u200d"
ZERO_WIDTH = frozenset("\u200b\u200c\u2060" + JOINER)
# Invisible, though they are neither spaces nor formatting characters by category.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
VARIATION_SELECTORS = _range(0x180B, 0x180F) | _range(0xFE00, 0xFE0F)
ACCENTS = _range(0x0300, 0x036F)
SKIN_TONES = _range(0x1F3FB, 0x1F3FF)


def any_of(characters: Iterable[str]) -> str:
    """A regular expression that matches one of them."""
    return f"[{re.escape(''.join(sorted(characters)))}]"
