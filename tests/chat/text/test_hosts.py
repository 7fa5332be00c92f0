"""Hosts in links: shown in their script where nobody can take them for another, else in ASCII."""

from urllib.parse import quote

import pytest

from chat.text.hosts import ascii_host, shown_host
from chat.text.markup import excerpt, render
from tests.support.fragments import text_in

HONEST = [
    "example.com",
    "EXAMPLE.com",
    "bücher.de",
    "smørrebrød.dk",
    "français.fr",
    "пример.рф",
    "тест.рф",  # each letter looks Latin, but nobody takes .рф for Latin
    "ελλάδα.gr",
    "例え.jp",
    "日本語ラーメン.jp",
    "한국어.kr",
    "大韓한국.kr",
    "ไทย.com",
    "भारत.com",
    "مثال.com",
    "xn--a.b",  # nothing that could be read
]
LYING = [
    "аррӏе.com",  # Cyrillic, every letter of it
    "аpple.com",  # one Cyrillic letter
    "οοο.com",  # Greek
    "օոս.com",  # Armenian
    "ɑpple.com",  # a Latin letter of phonetics
    "lınk.com",  # without its dot
    "paypạl.com",  # the line below the link hides the dot
    "comノevil.jp",  # Latin and a sign that looks like a slash
    "ไทยไทยж.com",
    "ꓮꓑꓑꓡꓰ.com",  # Lisu, which no domain needs
    "a\u200bb.com",
    "google\u0338.com",
    "☃.net",
]


@pytest.mark.parametrize("host", HONEST)
def test_a_host_of_one_script_is_shown_in_it_however_it_was_typed(host: str) -> None:
    assert shown_host(host) == host
    assert shown_host(ascii_host(host)).lower() == host.lower()
    assert text_in(render(f"https://{ascii_host(host)}/a")).lower() == f"https://{host}/a".lower()


@pytest.mark.parametrize("host", LYING)
def test_a_host_that_could_be_taken_for_another_is_shown_in_ascii(host: str) -> None:
    ascii_form = ascii_host(host)
    assert ascii_form.isascii()
    assert shown_host(host) == shown_host(ascii_form) == ascii_form
    source = f"<https://{host}/login>"
    assert text_in(render(source)) == excerpt(source) == f"https://{ascii_form}/login"


def test_the_known_one() -> None:
    for typed in ("https://xn--80ak6aa92e.com/login", "https://аррӏе.com/login"):
        html = render(typed)
        assert html.count("https://xn--80ak6aa92e.com/login") == 2


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("ПРИМЕР.рф", "xn--e1afmkfd.xn--p1ai"),  # capitals have no xn-- form that a browser accepts
        ("ｅxample.com", "example.com"),
        ("example。com", "example.com"),
        ("google.com／evil.example", "google.xn--comevil-ou93b.example"),
    ],
)
def test_a_host_is_asked_for_as_browsers_do(typed: str, asked: str) -> None:
    assert ascii_host(typed) == asked


@pytest.mark.parametrize(
    "host", ["", ".", "xn--", "xn--99999999999", "xn---", "ж" * 5000, "xn--" + "a" * 5000, "\ud800"]
)
def test_whatever_stands_for_a_host_something_is_shown(host: str) -> None:
    shown_host(host)


def test_what_is_too_long_for_a_host_is_not_worked_on() -> None:
    """Punycode takes the square of a label's length, if all its letters differ."""
    label = "".join(map(chr, range(0x4E00, 0x4E00 + 9000)))
    assert shown_host(f"{label}.example") == f"{quote(label)}.example"


class TestNamedLinks:
    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("[https://bank.example](https://evil.example/x)", "https://bank.example (evil.example)"),
            ("[www.bank.example/login](https://evil.example)", "www.bank.example/login (evil.example)"),
            ("[bank.example](https://evil.example)", "bank.example (evil.example)"),
            ("[bank.example.](https://evil.example)", "bank.example. (evil.example)"),
            ("[(bank.example!)](https://evil.example)", "(bank.example!) (evil.example)"),
            (
                "[\u200bhttps://bank.example](https://evil.example)",
                "\u200bhttps://bank.example (evil.example)",
            ),
            ("[bank\u2060.example](https://evil.example)", "bank\u2060.example (evil.example)"),
            ("[**bank.example**](https://evil.example)", "bank.example (evil.example)"),
            ("[alice@bank.example](mailto:eve@evil.example)", "alice@bank.example (evil.example)"),
            (
                "[https://bank.example](https://bank.example@evil.example)",
                "https://bank.example (evil.example)",
            ),
            ("[аррӏе.com](https://аррӏе.com)", "аррӏе.com (xn--80ak6aa92e.com)"),
            ("[bank.example](https://пример.рф)", "bank.example (пример.рф)"),
        ],
    )
    def test_whose_text_is_an_address_of_another_host_say_where_they_lead(
        self, source: str, text: str
    ) -> None:
        assert text_in(render(source)) == excerpt(source) == text

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("[the map](https://example.com/map)", "the map"),
            ("[https://example.com/a](https://example.com/b)", "https://example.com/a"),
            ("[Example.com](https://www.example.com/)", "Example.com"),
            ("[a@example.com](mailto:a@example.com)", "a@example.com"),
            ("[пример.рф](https://xn--e1afmkfd.xn--p1ai)", "пример.рф"),
            (
                "[see example.com](https://evil.example)",
                "see example.com",
            ),  # a sentence; the address bar tells
        ],
    )
    def test_are_else_what_was_written(self, source: str, text: str) -> None:
        assert text_in(render(source)) == text
