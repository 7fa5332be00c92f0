"""What people type, as one line: for names, topics, reasons, and what they say of themselves."""

import unicodedata

from django.utils.translation import gettext as _

from chat.errors import Invalid
from chat.models.ban import REASON_LIMIT


def clean_line(text: str) -> str:
    """One line without control signs, nor those that turn the direction of the text around them."""
    kept = (sign if unicodedata.category(sign) not in {"Cc", "Cs", "Zl", "Zp"} else " " for sign in text)
    turning = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).translate(turning).split())


def bounded_line(text: str, limit: int) -> str:
    """One line, or nothing. Raises Invalid for a longer one."""
    line = clean_line(text)
    if len(line) > limit:
        raise Invalid(_("Use at most %(limit)d characters.") % {"limit": limit})
    return line


def clean_reason(reason: str) -> str:
    """Why a keeper does something. Raises Invalid."""
    return bounded_line(reason, REASON_LIMIT)
