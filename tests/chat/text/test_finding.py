"""Addresses in text: what is linked, where it ends, and emphasis in scripts without spaces."""

import re

import pytest

from chat.text.markup import render
from tests.support.fragments import text_in


def links(source: str) -> list[str]:
    """The texts of the links; the whole text must be that of the source."""
    html = render(source)
    assert text_in(html) == source
    return re.findall(r"<a [^>]*>(.*?)</a>", html)


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("ดูhttps://example.com/aครับ", ["https://example.com/a"]),
        ("ดู https://example.com/เรือ ครับ", ["https://example.com/เรือ"]),
        ("ดูhttps://example.com/เรือ2024ลำ", ["https://example.com/เรือ2024ลำ"]),
        ("https://example.com/a/เรือ?q=เรือ#เรือ", ["https://example.com/a/เรือ?q=เรือ#เรือ"]),
        ("https://example.comครับ", ["https://example.com"]),
        ("https://example.com:8000ครับ", ["https://example.com:8000"]),
        ("https://example.com/a.ครับ", ["https://example.com/a"]),
        (
            "https://example.com/aและhttps://example.com/bครับ",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("(https://example.com/a)ครับ", ["https://example.com/a"]),
        ("https://example.com/a\u200bครับ", ["https://example.com/a"]),
        ("見てhttps://example.com/aです。", ["https://example.com/a"]),
        ("https://example.com/路、そして", ["https://example.com/路"]),
        (
            "「https://example.com/a」と（https://example.com/b）",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("https://example.com/東京（東京）", ["https://example.com/東京（東京）"]),
        ("请看https://example.com/a，谢谢", ["https://example.com/a"]),
        ("https://example.com/a에서", ["https://example.com/a"]),
        ("https://ไทย.com/a", ["https://ไทย.com/a"]),
        ("https://example.com/път", ["https://example.com/път"]),
        ("ดูwww.example.comครับ", ["www.example.com"]),
        ("ส่งalice@example.comครับ", ["alice@example.com"]),
        ("ດູhttps://example.com/aແລ້ວ", ["https://example.com/a"]),
        ("မြန်မာhttps://example.com/aမြန်မာ", ["https://example.com/a"]),
        ("ខ្មែរhttps://example.com/aខ្មែរ", ["https://example.com/a"]),
    ],
)
def test_a_link_ends_where_the_address_ends(source: str, linked: list[str]) -> None:
    assert links(source) == linked


def test_percent_encoded_words_are_the_address_and_words_after_them_the_sentence() -> None:
    html = render("ดู https://example.com/%E0%B9%80ครับ")
    assert 'href="https://example.com/%E0%B9%80"' in html
    assert html.endswith("</a>ครับ</p>")


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("www.example.com", ["www.example.com"]),
        ("WWW.Example.com/a?b=c#d.", ["WWW.Example.com/a?b=c#d"]),
        ("(www.example.com), www.example.org!", ["www.example.com", "www.example.org"]),
        ("www.пример.рф www.example.co.uk:8000/x", ["www.пример.рф", "www.example.co.uk:8000/x"]),
        ("www. www.x www.a. wwww.example.com xwww.example.com /www.example.com", []),
        ("git@github.com:a/b.git", []),
        ("git clone git@github.com:a/b.git then mail a@example.com", ["a@example.com"]),
        ("user@example.com:path user@example.com:/srv/x user@host:path", []),
        ("alice@example.com, bob@example.com: hello", ["alice@example.com", "bob@example.com"]),
        ("alice@www.example.com", ["alice@www.example.com"]),
        ("readme.md setup.py example.com 10.0.0.1 a.b@c", []),
        ("ftp://example.com //example.com ssh://git@github.com/a.git", []),
    ],
)
def test_plain_addresses(source: str, linked: list[str]) -> None:
    assert links(source) == linked


def test_www_leads_to_https() -> None:
    assert 'href="https://www.example.com/a"' in render("www.example.com/a")
    assert "<a" not in render("www.a.bc " * 200)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**คำเตือน!**ครับ", "<strong>คำเตือน!</strong>ครับ"),
        ("ครับ**“คำเตือน”**ครับ", "ครับ<strong>“คำเตือน”</strong>ครับ"),
        ("ไป*ด่วน*นะ", "ไป<em>ด่วน</em>นะ"),
        ("ไป*now*นะ", "ไป<em>now</em>นะ"),
        ("~~ลบ!~~ครับ", "<s>ลบ!</s>ครับ"),
        ("これは**「重要」**です", "これは<strong>「重要」</strong>です"),
        ("**注意！**请看", "<strong>注意！</strong>请看"),
        ('**"강조"**는', '<strong>"강조"</strong>는'),
        ("**ຄຳເຕືອນ!**ເດີ້", "<strong>ຄຳເຕືອນ!</strong>ເດີ້"),
        ("**ព្រមាន!**ណា", "<strong>ព្រមាន!</strong>ណា"),
        ("**သတိ!**ပါ", "<strong>သတိ!</strong>ပါ"),
        ("ไฟล์_ชื่อ_ใหม่", "ไฟล์_ชื่อ_ใหม่"),
    ],
)
def test_emphasis_works_in_scripts_without_spaces(source: str, html: str) -> None:
    assert render(source) == f"<p>{html}</p>"
