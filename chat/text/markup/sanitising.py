"""The second line of defence: only these elements, attributes, classes and schemes pass, whatever the parser made."""

import nh3

from chat.text.markup.code import CLASSES

SCHEMES = {"http", "https", "mailto", "tel"}

_TAGS = {
    *("p", "br", "hr", "blockquote", "ul", "ol", "li"),
    *("a", "strong", "em", "s", "code", "pre", "div", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    # "*" must be listed: without it, the library's default allows `title` and `lang` everywhere.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    # Regions that scroll sideways must be reachable by keyboard.
    tag_attribute_values={"pre": {"tabindex": {"0"}}, "div": {"tabindex": {"0"}}},
    allowed_classes={"div": {"code", "code__bar", "table"}, "span": set(CLASSES)},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="nofollow noopener noreferrer",
    url_schemes=SCHEMES,
    url_relative="deny",
    generic_attribute_prefixes=set(),
)


def sanitise(html: str) -> str:
    return _cleaner.clean(html)
