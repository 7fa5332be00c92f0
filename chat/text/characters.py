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
FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U00016fe4\U0001d159")
VARIATION_SELECTORS = _range(0x180B, 0x180F) | _range(0xFE00, 0xFE0F) | _range(0xE0100, 0xE01EF)
# What is not shown by itself: Unicode's Default_Ignorable_Code_Point, which includes code points that are kept for such
# characters, and our sets above. A Python release may not know the category of the newest ones yet.
INVISIBLE = (
    CONTROLS
    | LINE_BREAKS
    | SURROGATES
    | DIRECTION_MARKS
    | BYTE_ORDER_MARK
    | ANNOTATION_MARKS
    | ZERO_WIDTH
    | FILLERS
    | VARIATION_SELECTORS
    | frozenset("\u00ad\u034f\u061c\u200e\u200f")
    | _range(0x2061, 0x206F)
    | _range(0xFFF0, 0xFFF8)
    | _range(0x1BCA0, 0x1BCA3)
    | _range(0x1D173, 0x1D17A)
    | _range(0xE0000, 0xE0FFF)
)
ACCENTS = _range(0x0300, 0x036F)
SKIN_TONES = _range(0x1F3FB, 0x1F3FF)

# Letters and marks of scripts that write words without spaces, and of Korean, whose particles follow a word without one.
# Thai, Lao, Khmer and Burmese may mark the end of a word by a space without width.
UNSPACED = (
    "\u200b"
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # Korean
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b"
    "\u3040-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff"  # Kana, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uffdc"  # Chinese, narrow Kana
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{UNSPACED}]")


def is_unspaced(character: str) -> bool:
    """Whether it belongs to a script in which the end of a word is not marked by a space."""
    return _UNSPACED.match(character) is not None


def is_visible(text: str) -> bool:
    """Whether anybody sees anything of it. A mark alone is seen; spaces and joiners are not."""
    return any(character not in INVISIBLE and not character.isspace() for character in text)


def any_of(characters: Iterable[str]) -> str:
    """A regular expression that matches one of them."""
    return f"[{re.escape(''.join(sorted(characters)))}]"
