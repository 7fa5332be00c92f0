"""Names that look alike though they are spelled differently: ``alice`` with a Cyrillic а, or ``b0b``.

Based on the idea of Unicode's UTS #39: two names are confusable if their skeletons are equal. Its table has six
thousand rows; this one has the Cyrillic, Greek and Armenian letters and digits that look like Latin letters.
"""

import unicodedata

from chat.text.characters import ACCENTS, FILLERS, VARIATION_SELECTORS

# Greek capitals whose lower case looks different; all other letters here look alike in both cases.
_CAPITALS = str.maketrans("ΗΜΝΥ", "hmny")
_ALIKE = """
аa вb гr еe кk мm нh оo пn рp сc тt уy хx ьb іi јj ѕs һh ӏl ԁd ԛq ԝw ѵv
αa βb γy εe ζz ηn ιi κk νv οo ρp τt υu χx ωw ϲc ϳj
օo ոn սu ցg հh յj զq ւi քp եt
ıi ȷj ɑa ɡg ɩi øo łl đd ħh ŧt ƒf ǀl
0o 1l |l
"""
_LETTERS = str.maketrans({pair[0]: pair[1] for pair in _ALIKE.split()})
# Parts of a decomposed name that are invisible, or are accents.
_UNSEEN = ACCENTS | FILLERS | VARIATION_SELECTORS


def skeleton(name: str) -> str:
    """The name reduced to the letters it looks like; empty if nothing of it is visible."""
    plain = unicodedata.normalize("NFKD", name).translate(_CAPITALS).casefold()
    seen = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if _is_seen(sign))
    return seen.translate(_LETTERS).replace("rn", "m").replace("vv", "w")


def could_be_taken_for(name: str, other: str) -> bool:
    """For display names, where a capital I looks like a small L, too."""
    return skeleton(name).replace("i", "l") == skeleton(other).replace("i", "l")


def _is_seen(sign: str) -> bool:
    hidden = sign in _UNSEEN or sign.isspace()
    return not hidden and unicodedata.category(sign) not in {"Cc", "Cf", "Cn"}
