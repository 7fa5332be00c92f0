"""The characters a message may contain."""

import re

from chat.text import characters
from chat.text.characters import any_of

# Zero-width characters stay, since Thai, Persian and emoji need them.
_UNWANTED = re.compile(
    any_of(
        characters.CONTROLS - characters.LINE_BREAKS - {"\t", "\n"}
        | characters.DIRECTION_MARKS
        | characters.BYTE_ORDER_MARK
        | characters.ANNOTATION_MARKS
    )
)
_NEWLINES = re.compile(f"\r\n|{any_of(characters.LINE_BREAKS)}")
_SURROGATES = re.compile(any_of(characters.SURROGATES))


def clean(source: str) -> str:
    """Remove control characters and direction marks, replace surrogates, and unify line ends."""
    source = _NEWLINES.sub("\n", source)
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", source))
