"""The second line of defence: only these elements, attributes, classes and schemes pass, whatever the parser made."""

import nh3

from chat.text.markup.cleaning import clean
from chat.text.markup.code import CLASSES

# Text whose runs of spaces and tabs are kept.
SPACED = "spaced"
SCHEMES = {"http", "https", "mailto", "tel"}

_TAGS = {
    *("p", "br", "hr", "blockquote", "ul", "ol", "li"),
    *("a", "strong", "em", "s", "code", "pre", "div", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    # "*" must be listed: without it, the library's default allows `title` and `lang` everywhere.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}, "li": {"value"}},
    tag_attribute_values={
        # Regions that scroll sideways must be reachable by keyboard.
        "pre": {"tabindex": {"0"}, "dir": {"ltr"}},
        "div": {"tabindex": {"0"}},
        "code": {"dir": {"ltr"}},
        **{tag: {"dir": {"auto"}} for tag in ("li", "blockquote", "table")},
    },
    allowed_classes={
        "div": {"code", "code__bar", "table"},
        "span": {*CLASSES, SPACED},
        "ol": {"paren", "wide", "widest"},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="nofollow noopener noreferrer",
    url_schemes=SCHEMES,
    url_relative="deny",
    generic_attribute_prefixes=set(),
)


def sanitise(html: str) -> str:
    """Allowed markup only, and no control character or direction override, by whatever notation it came."""
    return clean(_cleaner.clean(html))
