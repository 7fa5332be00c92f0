"""Parts of a page that are rendered once and cached in the process, like messages and members."""

from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chat.events.fragments import fragments

register = template.Library()


@register.simple_tag(takes_context=True)
def cached(context: Context, name: str, *depends_on: Any) -> SafeString:
    """Like ``include``, but cached by language and by the values it depends on.

    These must cover all that the template shows, as versions or as the values themselves; never a token or a nonce.
    """
    key = "cached", name, get_language(), depends_on
    html = fragments.get(key)
    if html is None:
        values: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
        html = fragments.put(key, render_to_string(name, values))
    return mark_safe(html)  # noqa: S308 - output of a template
