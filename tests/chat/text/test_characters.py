"""The named sets agree with Unicode, and cleaning removes their characters from text."""

import sys
import unicodedata

from chat.text import characters
from chat.text.cleaning import clean_line
from chat.text.confusables import skeleton
from chat.text.markup import clean

EVERY = [chr(number) for number in range(sys.maxunicode + 1)]


def of_category(*names: str) -> set[str]:
    return {character for character in EVERY if unicodedata.category(character) in names}


def test_the_sets_are_those_of_unicode() -> None:
    assert of_category("Cc") == characters.CONTROLS
    assert of_category("Cs") == characters.SURROGATES
    assert of_category("Zl", "Zp") == characters.LINE_BREAKS - characters.CONTROLS
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert {
        sign for sign in EVERY if unicodedata.bidirectional(sign) in turning
    } == characters.DIRECTION_MARKS


def test_a_line_and_a_message_hold_none_of_what_is_unwanted() -> None:
    unwanted = characters.SURROGATES | characters.DIRECTION_MARKS | characters.BYTE_ORDER_MARK
    whole = "".join(EVERY)
    assert not set(clean_line(whole)) & (unwanted | characters.CONTROLS | characters.LINE_BREAKS)
    assert set(clean(whole)) & (unwanted | characters.CONTROLS | characters.LINE_BREAKS) == {"\t", "\n"}


def test_what_joins_letters_stays_in_text_and_is_not_seen_in_names() -> None:
    for character in characters.ZERO_WIDTH:
        assert clean_line(f"a{character}b") == clean(f"a{character}b") == f"a{character}b"
    for character in characters.ZERO_WIDTH | characters.FILLERS | characters.VARIATION_SELECTORS:
        assert skeleton(f"a{character}b") == "ab"
