"""What people type, as one line: for names, topics, reasons, and what they say of themselves."""

import unicodedata

from django.utils.translation import gettext as _

from chat.errors import Invalid
from chat.text.characters import BYTE_ORDER_MARK, CONTROLS, DIRECTION_MARKS, LINE_BREAKS, SURROGATES

_SPACED = str.maketrans(dict.fromkeys(CONTROLS | LINE_BREAKS | SURROGATES, " "))
_REMOVED = str.maketrans(dict.fromkeys(DIRECTION_MARKS | BYTE_ORDER_MARK))


def clean_line(text: str) -> str:
    """One line without control characters, nor those that turn the direction of the text around them."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_SPACED)).translate(_REMOVED).split())


def bounded_line(text: str, limit: int) -> str:
    """One line, or nothing. Raises Invalid for a longer one."""
    line = clean_line(text)
    if len(line) > limit:
        raise Invalid(_("Use at most %(limit)d characters.") % {"limit": limit})
    return line
