"""The characters a message may consist of."""

import re

# NUL and the other controls (PostgreSQL refuses NUL), and the marks that turn the direction of what follows:
# with those a link or a line of code reads otherwise than it is ("Trojan Source", CVE-2021-42574). The marks
# that only join or separate letters stay, since Thai, Persian and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Half a surrogate pair can arrive in JSON ("\ud800") and has no bytes in any database.
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(source: str) -> str:
    """The same text without control characters, direction overrides and halves of characters; lines end alike."""
    source = _NEWLINES.sub("\n", source)
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", source))
