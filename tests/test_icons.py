"""Icons: equal ones mean equal things, and each that stands alone has a name (app/tooltips.js shows it)."""

import re
from collections import Counter, defaultdict
from pathlib import Path

TEMPLATES = Path(__file__).parent.parent / "templates"
SHEET = (TEMPLATES / "chat/shell/_icons.html").read_text()
SYMBOLS = dict(re.findall(r'<symbol id="i-([\w-]+)"[^>]*>(.*?)</symbol>', SHEET))
PAGES = {
    path.relative_to(TEMPLATES): path.read_text()
    for path in TEMPLATES.rglob("*.html")
    if "admin" not in path.parts
}
# The words beside an icon, or its name. Icons that are not here belong to a state, and their words are a sentence.
MEANINGS = {
    "back": {"words", "Back to rooms"},  # words: where to
    "bell": {"Unmute"},
    "bell-off": {"Mute"},
    "calendar": {"Jump to date"},
    "check": {"Mark all as read"},
    "copy": {"Copy text", "Copy code"},
    "flag": {"Report", "Reports to decide"},
    "gear": {"Profile and settings"},
    "leave": {"Sign out"},
    "link": {"Copy link"},
    "more": {"Room menu"},
    "new-message": {"New message"},
    "new-room": {"New room"},
    "panel": {"Details and members"},
    "pencil": {"Edit", "Change name and topic"},
    "person-add": {"Invite people"},
    "search": {"Jump to"},
    "send": {"Send"},
    "star": {"Add to favourites"},
    "star-off": {"Remove from favourites"},
    "trash": {"Delete"},
    "x": {"Close", "Close details"},
}
CONTROL = re.compile(
    r"<(?:a|button)\b(?P<attributes>(?:[^>%]|%}|{%[^%]*%}|%)*?)>(?P<content>[^\n]*?)</(?:a|button)>"
)
ICON = re.compile(r'{% icon "([\w-]+)"')
LABEL = re.compile(r"aria-label=\"(?:{% translate '([^']+)' %}|{{ (\w+) }})\"")
WORDS = re.compile(r'{% translate "([^"]+)" %}')


def controls() -> dict[str, set[str]]:
    """The names of the buttons and links with each icon."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in PAGES.values():
        for control in CONTROL.finditer(text):
            for icon in ICON.findall(control["content"]):
                label = LABEL.search(control["attributes"])
                named = next(filter(None, label.groups())) if label else None
                words = [named] if named else WORDS.findall(control["content"])[:1]
                found[icon].update(words)
    return found


def test_no_two_icons_look_alike() -> None:
    assert [drawing for drawing, count in Counter(SYMBOLS.values()).items() if count > 1] == []


def test_an_icon_means_one_thing() -> None:
    found = controls()
    assert {icon: found[icon] for icon in MEANINGS} == MEANINGS


def test_every_icon_that_is_used_is_drawn_and_every_drawing_is_used() -> None:
    used = {icon for text in PAGES.values() for icon in ICON.findall(text)}
    used |= {name for text in PAGES.values() for name in re.findall(r'#i-([a-z-]+)"', text)}
    assert used - SYMBOLS.keys() == set()
    assert SYMBOLS.keys() - used <= {"hash", "lock", "note"}  # by a variable


def test_whatever_shows_an_icon_alone_has_a_name() -> None:
    nameless = [
        f"{path}: {control[0][:120]}"
        for path, text in PAGES.items()
        for control in CONTROL.finditer(text)
        if ICON.search(control["content"])
        and not re.sub(r"{% icon [^%]*%}|<[^>]*>|\s", "", control["content"])
        and "aria-label" not in control["attributes"]
        and "<span" not in control["content"]
    ]
    assert not nameless
