"""The named sets agree with Unicode, and cleaning removes their characters from text."""

import sys
import unicodedata

import pytest

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


def test_what_is_invisible_is_what_unicode_ignores_by_default_and_what_we_name() -> None:
    """Joiners, soft hyphens, fillers, selectors and tags; no letter, digit, sign or emoji, and no mark that is drawn."""
    drawn = of_category("Cf") - characters.INVISIBLE
    assert all(
        unicodedata.name(sign).split()[0] in {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"} for sign in drawn
    )
    odd = {sign for sign in characters.INVISIBLE if unicodedata.category(sign)[0] in "LNPS"}
    assert odd == {*"\u115f\u1160\u2800\u3164\uffa0\U0001d159"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u200b",
        "\u2060 \u3164",
        "\ufe0f\U000e0101",
        "\U000e0067\U000e007f",
        "\u00a0\u3000\u2800",
        "\u034f\u00ad",
    ],
)
def test_nobody_sees_these(text: str) -> None:
    assert not characters.is_visible(text)
    assert clean_line(text) == ""


@pytest.mark.parametrize(
    "text", [".", "\u0301", "\u0e48", "👍", "🏴\U000e0067\U000e007f", "\u3164x", "ที่", "\ue000"]
)
def test_somebody_sees_these(text: str) -> None:
    assert characters.is_visible(text)
    assert clean_line(text) != ""


def test_scripts_without_spaces() -> None:
    for character in "กู๑ລກမ字かカ한ㄅｶ々":
        assert characters.is_unspaced(character)
    for character in "aЖאع१7 .。、「（・":
        assert not characters.is_unspaced(character)
