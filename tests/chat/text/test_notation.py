"""Characters that are cleaned from what people write don't come back by another notation, and words don't vanish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.text.characters import INVISIBLE
from chat.text.markup import excerpt, render
from tests.fuzz.budget import looks
from tests.support.fragments import text_in


def percent(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode(errors="surrogatepass"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("https://example.com/%00x", "https://example.com/%00x"),
        ("https://example.com/%E2%80%AEgpj.exe", "https://example.com/%E2%80%AEgpj.exe"),
        ("https://example.com/%e2%80%aegpj.exe", "https://example.com/%e2%80%aegpj.exe"),
        ("<https://example.com/%E2%81%A6x>", "https://example.com/%E2%81%A6x"),
        ("https://example.com/a\u00ad?b=\u2060", "https://example.com/a%C2%AD?b=%E2%81%A0"),
        (
            "https://example.com/%E3%85%A4",
            "https://example.com/%E3%85%A4",
        ),  # a filler that is a letter by category
        ("https://example.com/a%20b%0Ac%2Fd", "https://example.com/a%20b%0Ac%2Fd"),
        ("https://example.com/%C2%A0%C2%85%E2%80%A8", "https://example.com/%C2%A0%C2%85%E2%80%A8"),
        ("https://example.com/%FF%C3", "https://example.com/%FF%C3"),  # no characters at all
        ("https://example.com/%CC%B8x", "https://example.com/%CC%B8x"),  # a mark over the slash
        ("https://example.com/%C3%BC%E0%B9%80%E0%B8%A3", "https://example.com/üเร"),
        ("https://user%00@example.com", "https://user%00@example.com"),
        ("&#x202e;txt &#8238; &#0; &#x1B; &#xD800;", "&#x202e;txt &#8238; &#0; &#x1B; &#xD800;"),
        (
            "&zwnj;&zwj;&shy;&lrm;&NewLine;&Tab;&ZeroWidthSpace;",
            "&zwnj;&zwj;&shy;&lrm;&NewLine;&Tab;&ZeroWidthSpace;",
        ),
        ("&copy; &#x41; &nbsp;x &hearts;", "© A \xa0x ♥"),
        ("&nbsp;", "&nbsp;"),  # alone it would show as nothing
        ("`&#x202e;` **&#x202e;**", "&#x202e; &#x202e;"),
        ("[a&#x202e;b](https://example.com)", "a&#x202e;b"),
        ("[](https://example.com/&#x202e;)", "https://example.com/%E2%80%AE"),
        ("[\u3164](https://example.com)", "\u3164https://example.com"),
        ("```&#x202e; %E2%80%AE\nx", "&#x202e; %E2%80%AE\nx"),
        ("<mailto:a%00b@example.com>", "mailto:a%00b@example.com"),
    ],
)
def test_a_character_that_nobody_sees_stays_as_it_was_written(source: str, text: str) -> None:
    assert text_in(render(source)) == text


PLACES = [
    "{}",
    "a {} b",
    "https://example.com/{}x",
    "https://exa{}mple.com/",
    "www.example.com/{}?q={}",
    "<https://example.com/{}>",
    "<mailto:a{}@example.com>",
    "a{}@example.com",
    "[{}](https://example.com)",
    "[](https://example.com/{})",
    "[tel](tel:+1{})",
    "![{}](https://example.com/{})",
    "```{} {}\n{}\n```",
    "`{}`",
    "# {}\n> {}\n1. {}",
    "|{}|\n|-|\n|{}|",
]


@looks(300)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(sorted(INVISIBLE)),
    st.sampled_from(["percent", "&#{};", "&#x{:x};", "&#x{:06X};"]),
)
def test_no_notation_brings_one_to_the_screen(place: str, character: str, notation: str) -> None:
    written = percent(character) if notation == "percent" else notation.format(ord(character))
    source = place.replace("{}", written)
    assert not INVISIBLE & (set(text_in(render(source))) - {"\n"})
    assert not INVISIBLE & set(excerpt(source))


@looks(300)
@given(st.lists(st.one_of(st.sampled_from([*PLACES, "\n", " "]), st.characters()), max_size=12).map("".join))
def test_no_control_and_no_override_in_any_fragment_or_excerpt(source: str) -> None:
    unwanted = {"\x00", "\x1b", "\x85", "\u2028", *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
    source = source.replace("{}", "%E2%80%AE&#x2066;")
    assert not unwanted & set(render(source) + excerpt(source))


LETTERS = ["word", "Ж", "ที่", "7", "x", "日本", "a1"]
SIGNS = [
    *(
        "*",
        "**",
        "_",
        "__",
        "~~",
        "~",
        "`",
        "```",
        "~~~",
        "\\",
        "\\\\",
        "\\*",
        "\\_",
        "\\`",
        "\\[",
        "[",
        "]",
        "(",
        ")",
    ),
    *(
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "* ",
        "# ",
        "|",
        "|-|-|\n",
        "---\n",
        "!",
        "?",
        ":",
        "<",
        ">",
        "/",
        ".",
    ),
]


def letters_of(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@looks(400)
@given(st.lists(st.sampled_from([*LETTERS, *SIGNS]), max_size=40).map("".join))
def test_every_letter_that_is_written_is_shown_in_its_place(source: str) -> None:
    assert letters_of(text_in(render(source))) == letters_of(source)


@looks(300)
@given(st.lists(st.sampled_from([*LETTERS, *"*\\_.,:;/()=+-$^{}"]), max_size=30).map("".join))
def test_nothing_but_pairs_of_signs_of_emphasis_and_backslashes_before_signs_goes(words: str) -> None:
    """Within one line of prose, what is not shown is markup that can be seen in the fragment, or a backslash that acts."""
    source = f"so {words} so"
    html = render(source)
    emphasis = 2 * html.count("<em>") + 4 * html.count("<strong>")
    missing = len(source) - len(text_in(html))
    backslashes = source.count("\\") - text_in(html).count("\\")
    assert missing == emphasis + backslashes
