"""Parts of every page that say nothing of who reads it."""

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chat.live.fragments import fragments

register = template.Library()


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that needs no context, rendered once for each language."""
    key = "fixed", name, get_language(), get_script_prefix()
    return mark_safe(fragments.get(key) or fragments.put(key, render_to_string(name)))  # noqa: S308 - a template's
