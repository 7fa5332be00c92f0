"""Parts of a page that are rendered once and cached in the process, like messages and members."""

from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chat.events.fragments import fragments

register = template.Library()

# What the context processors know of the viewer. A cached part that shows any of it would show it to everybody.
VIEWERS = {"request", "user", "perms", "messages", "csrf_token", "csp_nonce"}


@register.simple_tag(takes_context=True)
def cached(context: Context, name: str, *depends_on: Any) -> SafeString:
    """Like ``include``, but cached by language and by the values it depends on.

    These must cover all that the template shows, as versions or as the values themselves. The template does not get
    what is the viewer's; ``me`` only if its id is among these.
    """
    key = "cached", name, get_language(), depends_on
    html = fragments.get(key)
    if html is None:
        values: dict[str, Any] = {
            str(name): value for name, value in context.flatten().items() if name not in VIEWERS
        }
        if "me" in values and values["me"].pk not in depends_on:
            del values["me"]
        html = fragments.put(key, render_to_string(name, values))
    return mark_safe(html)  # noqa: S308 - output of a template
