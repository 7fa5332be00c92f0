"""One-line text from people: names, topics, reasons and profile fields."""

import unicodedata

from django.utils.translation import gettext as _

from chat.errors import Invalid
from chat.text.characters import (
    BYTE_ORDER_MARK,
    CONTROLS,
    DIRECTION_MARKS,
    LINE_BREAKS,
    SURROGATES,
    is_visible,
)

_SPACED = str.maketrans(dict.fromkeys(CONTROLS | LINE_BREAKS | SURROGATES, " "))
_REMOVED = str.maketrans(dict.fromkeys(DIRECTION_MARKS | BYTE_ORDER_MARK))


def clean_line(text: str) -> str:
    """One line without control characters and direction marks. Empty if nobody would see anything of it."""
    line = " ".join(unicodedata.normalize("NFC", text.translate(_SPACED)).translate(_REMOVED).split())
    return line if is_visible(line) else ""


def bounded_line(text: str, limit: int) -> str:
    """One line, possibly empty. Raises Invalid if it is too long."""
    line = clean_line(text)
    if len(line) > limit:
        raise Invalid(_("Use at most %(limit)d characters.") % {"limit": limit})
    return line
