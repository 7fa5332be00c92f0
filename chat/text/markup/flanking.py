"""Whether stars and underscores can begin or end emphasis, by what stands beside them.

CommonMark's rules for flanking, with what a chat needs besides: formulas, globs and regular expressions are no
emphasis, and scripts without spaces may have it inside a word.
"""

import unicodedata

from markdown_it.common.utils import isWhiteSpace
from markdown_it.rules_inline.state_inline import Scanned, StateInline

from chat.text.characters import SKIN_TONES, VARIATION_SELECTORS, is_unspaced

_BEGINS_AFTER = frozenset("\"'-*_~|:")  # besides brackets; emphasised punctuation may follow these
_QUOTES = frozenset("\"'-*_~|")


class InlineState(StateInline):
    """markdown-it's state of a paragraph, which asks ``flanking``."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the library's names
        marker = self.src[start]
        end = start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start > 0 else " "
        return flanking(before, marker, end - start, self.src[end : min(end + 2, self.posMax)], canSplitWord)


def flanking(before: str, marker: str, length: int, following: str, can_split_word: bool) -> Scanned:
    """Whether ``length`` markers after the character ``before`` can open and close, given the two characters after."""
    after, beyond = following[:1] or " ", following[1:2] or " "
    spaces = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    signs = _is_sign(before), _is_sign(after)
    unspaced = is_unspaced(before), is_unspaced(after)
    left = not (spaces[1] or (signs[1] and not (spaces[0] or signs[0] or unspaced[0])))
    right = not (spaces[0] or (signs[0] and not (spaces[1] or signs[1] or unspaced[1])))
    can_open = left and (can_split_word or not right or signs[0])
    can_close = right and (can_split_word or not left or signs[1])
    if marker != "~":
        can_open = can_open and _may_open(before, length, after, beyond, both=all(signs))
        can_close = can_close and _may_close(before, marker, length, after, beyond, both=all(signs))
        inside = not any(unspaced) and _is_of_word(before) and _is_of_word(after)
        # a*b*c and 2**10 are formulas; in one**two**three somebody means it.
        if inside and (length == 1 or before.isdecimal() or after.isdecimal()):
            can_open = can_close = False
    return Scanned(can_open, can_close, length)


def _may_open(before: str, length: int, after: str, beyond: str, *, both: bool) -> bool:
    if after == "/" or (_ends(after, beyond) and (after.isascii() or unicodedata.category(after) != "Po")):
        return False  # */, COUNT(*), a.*; but *…* and *¿que?*
    if length == 1 and before in ")]}.":  # (a+b)*c, .*x
        return False
    kinds = {"Ps", "Pi", "Pd"} if before.isascii() else {"Ps", "Pi", "Pd", "Po", "So", "Sk", "Mn"}
    return not both or before in _BEGINS_AFTER or unicodedata.category(before) in kinds


def _may_close(before: str, marker: str, length: int, after: str, beyond: str, *, both: bool) -> bool:
    if before in "([{/":
        return False
    if (length == 1 or marker == "_") and after in "([{":  # f*(x), __init__(self)
        return False
    if marker == "_" and after == "." and _is_of_word(beyond):  # __init__.py
        return False
    return not both or after in _QUOTES or _ends(after, beyond) or unicodedata.category(after) == "So"


def _ends(sign: str, beyond: str) -> bool:
    """Whether a sentence or something in brackets ends with this sign."""
    kind = unicodedata.category(sign)
    if sign in ".,;:!?":
        return beyond != sign and not _is_of_word(beyond)
    return kind in {"Pe", "Pf"} or (kind == "Po" and not sign.isascii())


def _is_sign(character: str) -> bool:
    """Punctuation or a symbol, an emoji too. A macron, as in shrugs, is neither: it is drawn beside letters."""
    kind = unicodedata.category(character)
    if kind == "Sk":
        return character.isascii() or character in SKIN_TONES
    return kind[0] in "PS" or character in VARIATION_SELECTORS


def _is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" and character not in VARIATION_SELECTORS
