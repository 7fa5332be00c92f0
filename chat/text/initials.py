"""The one or two letters that stand for a person without a picture."""

import unicodedata

from chat.text.characters import INVISIBLE, JOINER, SKIN_TONES, VARIATION_SELECTORS

# Thai and Lao write these before their consonant.
_LEADING_VOWELS = "เแโใไເແໂໃໄ"
_LONGEST = 8  # of one sign: the pieces of a combined emoji


def initials(name: str) -> str:
    """From the first and the last word with letters or digits; else the name's first sign. Empty for no name."""
    letters = [letter for letter in map(_first_letter, name.split()) if letter]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or _first_sign(name)


def initial(name: str) -> str:
    """The first of these, where there is no room for two."""
    return next(filter(None, map(_first_letter, name.split())), "").upper() or _first_sign(name)


def _first_letter(word: str) -> str:
    """The first letter that stands on its own, or the first digit; empty if there is neither."""
    signs = [sign for sign in word if sign.isalnum() and sign not in INVISIBLE]
    letters = [sign for sign in signs if unicodedata.category(sign)[0] == "L" and sign not in _LEADING_VOWELS]
    return (letters or signs or [""])[0]


def _first_sign(name: str) -> str:
    """The first visible character with what belongs to it: marks, selectors, the other pieces of an emoji."""
    start = next((n for n, sign in enumerate(name) if sign not in INVISIBLE and not sign.isspace()), None)
    if start is None:
        return ""
    end = start + 1
    while end < min(len(name), start + _LONGEST) and _belongs(name, start, end):
        end += 1
    return name[start:end].rstrip(JOINER)


def _belongs(name: str, start: int, at: int) -> bool:
    sign, before = name[at], name[at - 1]
    if _is_half_flag(sign) and at == start + 1:
        return _is_half_flag(before)
    joins = JOINER in (sign, before) or sign in SKIN_TONES or sign in VARIATION_SELECTORS
    return joins or unicodedata.category(sign)[0] == "M" or "\U000e0020" <= sign <= "\U000e007f"


def _is_half_flag(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"
