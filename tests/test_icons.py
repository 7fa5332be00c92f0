"""Icons: equal ones mean equal things, and each that stands alone has a name (app/tooltips.js shows it)."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
SHEET = (TEMPLATES / "chat/shell/_icons.html").read_text()
SYMBOLS = dict(re.findall(r'<symbol id="i-([\w-]+)"[^>]*>(.*?)</symbol>', SHEET))
PAGES = {
    str(path.relative_to(TEMPLATES)): path.read_text()
    for path in sorted(TEMPLATES.rglob("*.html"))
    if "admin" not in path.parts
}
# All names of what shows each icon and can be pressed, or tells a state. A new name belongs here only if it means the same.
MEANINGS = {
    "alert": {"(by script)"},  # how many messages were not sent
    "back": {"{words}", "Back to rooms"},  # words: where to
    "bell": {"Unmute"},
    "bell-off": {"Mute", "muted"},
    "calendar": {"Jump to date"},
    "check": {"Mark all as read"},
    "copy": {"Copy text", "Copy code"},
    "down": {"Move {name} down", "Move down", "(by script)"},
    "flag": {"Report", "Reports to decide {waiting_reports}"},
    "gear": {"Profile and settings"},
    "hash": {"Open"},
    "keyboard": {"Keyboard shortcuts"},
    "leave": {"Sign out"},
    "link": {"Copy link"},
    "lock": {"Private"},
    "more": {"Room menu"},
    "new-message": {"New message"},
    "new-room": {"New room"},
    "panel": {"Details and members"},
    "pencil": {"Edit", "Change name and topic", "Set a topic"},
    "person-add": {"Invite people"},
    "search": {"Jump to"},
    "send": {"Send"},
    "star": {"Add to favourites"},
    "star-off": {"Remove from favourites"},
    "trash": {"Delete"},
    "up": {"Move {name} up", "Move up", "(by script)"},
    "x": {"Close", "Close details"},
}
# What stands beside an icon and gets its words when it is shown.
FILLED_BY_SCRIPT = {"pill__words", "missed__words"}

COMMENT = re.compile(r"{#.*?#}|{% comment .*?{% endcomment %}", re.DOTALL)
ICON = re.compile(r'{% icon "([\w-]+)"[^%]*%}')
WORDS = re.compile(r"""{% translate (?:"([^"]*)"|'([^']*)')[^%]*%}""")
OTHERWISE = re.compile(r"{% (?:else|elif [^%]*) %}")
VARIABLE = re.compile(r"{{ ([\w.]+)[^}]*}}")
TAG = re.compile(r"{%.*?%}")
OR = "\x1f"  # between the words of one case and of another


def markup(template: str) -> str:
    """A template as HTML: icons are elements, words are English, variables are {names}, other tags are gone."""
    text = COMMENT.sub("", template)
    text = ICON.sub(r'<use href="#i-\1"></use>', text)
    text = WORDS.sub(lambda match: match[1] or match[2], text)
    text = OTHERWISE.sub(OR, text)
    return TAG.sub("", VARIABLE.sub(r"{\1}", text))


@dataclass
class Control:
    """What can be pressed, or an icon that tells a state. ``label`` is its aria-label."""

    tag: str
    label: str
    icons: list[str] = field(default_factory=list)
    text: str = ""

    def names(self) -> set[str]:
        """As a screen reader says them: one for each case. Without a name there is an empty one."""
        return {" ".join(name.split()) for name in (self.label or self.text).split(OR)}


class Controls(HTMLParser):
    """The controls of a template that show an icon."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[Control] = []
        self.open: list[Control] = []
        self.hidden = ""  # the tag inside a control that nobody hears
        self.state: str | None = None  # the label of the icon that tells a state
        self.feed(markup(template))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"a", "button", "summary", "label"} or given.get("role") in {"button", "menuitem"}:
            self.open.append(Control(tag, given.get("aria-label", "")))
        elif tag == "svg":
            self.state = given.get("aria-label", "") if given.get("role") == "img" else None
        elif (
            tag == "use" and (icon := given["href"].removeprefix("#i-")) in SYMBOLS
        ):  # else a kind of room decides
            if self.state is not None:
                self.found.append(Control("svg", self.state, [icon]))
            elif self.open:
                self.open[-1].icons.append(icon)
        elif not self.open:
            return
        elif tag in {"kbd", "small"} or given.get("aria-hidden") == "true":
            self.hidden = self.hidden or tag
        elif FILLED_BY_SCRIPT & set(given.get("class", "").split()) or "data-many" in given:
            self.open[-1].text += "(by script)"

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""
        if self.open and tag == self.open[-1].tag:
            control = self.open.pop()
            if control.icons:
                self.found.append(control)

    def handle_data(self, data: str) -> None:
        if self.open and not self.hidden:
            self.open[-1].text += data


def meanings(pages: dict[str, str]) -> dict[str, set[str]]:
    """The names of all that shows each icon."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in pages.values():
        for control in Controls(text).found:
            for icon in control.icons:
                found[icon] |= control.names()
    return found


def nameless(pages: dict[str, str]) -> list[str]:
    """Where something that shows an icon has no name, at least in one case."""
    return [
        f"{path}: {control.icons}"
        for path, text in pages.items()
        for control in Controls(text).found
        if "" in control.names()
    ]


def test_no_two_icons_look_alike() -> None:
    assert [drawing for drawing, count in Counter(SYMBOLS.values()).items() if count > 1] == []


def test_an_icon_means_one_thing() -> None:
    found = meanings(PAGES)
    surprising = {icon: found[icon] ^ MEANINGS.get(icon, set()) for icon in found | MEANINGS}
    assert {icon: names for icon, names in surprising.items() if names} == {}


def test_equal_things_have_equal_icons() -> None:
    icons = Counter(name for names in meanings(PAGES).values() for name in names if name != "(by script)")
    assert [name for name, count in icons.items() if count > 1] == []


def test_whatever_shows_an_icon_alone_has_a_name() -> None:
    assert nameless(PAGES) == []


def test_an_icon_without_a_name_and_one_with_another_meaning_are_found() -> None:
    page = """
<button class="a{% if b > c %} d{% endif %}"
        type="button">{% icon "trash" size="s" %}</button>
<a href="{% url 'x' pk=1 %}" aria-label="{% translate 'Throw away' %}">{% icon "trash" %}</a>
<button>{% icon "trash" %}{% if here %}<span>{% translate "Delete" %}</span>{% else %} <kbd>D</kbd>{% endif %}</button>
<button aria-label="{% translate 'Sure' %}"><svg aria-hidden="true"><use href="#i-trash"/></svg></button>
<p>{% icon "alert" %}Not a control</p>
<a href="">Words <svg role="img" aria-label="{% translate 'muted' %}"><use href="#i-bell"/></svg></a>
<a href="">Words <svg role="img"><use href="#i-bell"/></svg></a>
"""
    assert meanings({"page": page}) == {"trash": {"", "Throw away", "Delete", "Sure"}, "bell": {"muted", ""}}
    assert nameless({"page": page}) == ["page: ['trash']", "page: ['trash']", "page: ['bell']"]


def test_every_icon_that_is_used_is_drawn_and_every_drawing_is_used() -> None:
    used = {icon for text in PAGES.values() for icon in ICON.findall(text)}
    used |= {name for text in PAGES.values() for name in re.findall(r'#i-([a-z-]+)"', text)}
    assert used - SYMBOLS.keys() == set()
    assert SYMBOLS.keys() - used <= {"hash", "lock", "note"}  # by a variable
