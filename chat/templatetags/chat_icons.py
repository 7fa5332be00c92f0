"""Icons from the sheet at the top of every page (templates/chat/shell/_icons.html)."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: str = "", *, flip: bool = False) -> SafeString:
    """``size``: ``s`` or ``xs``. ``flip``: mirrored in right-to-left languages."""
    names = ["icon", *([f"icon--{size}"] if size else []), *(["icon--flip"] if flip else [])]
    return format_html(
        '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true"><use href="#i-{}"/></svg>',
        " ".join(names),
        name,
    )
