"""Avatars of people."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chat.models import Person

register = template.Library()


@register.simple_tag
def avatar(person: Person, size: str = "") -> SafeString:
    """The picture, or drawn initials. ``size``: ``xs`` (one initial), ``s``, ``m`` or ``l``. It has no text, because the
    name is beside it.

    Runs no query. static/js/core/names.js copies its content from one fragment to another.
    """
    drawn = person.initial if size == "xs" else person.initials
    inside = drawn if not person.picture else _img(person)
    name = f"avatar avatar--{size}" if size else "avatar"
    return format_html(
        '<span class="{}" data-hue="{}" data-tone="{}" aria-hidden="true">{}</span>',
        name,
        person.hue,
        person.tone,
        inside,
    )


def _img(person: Person) -> SafeString:
    address = reverse("chat:picture", args=[person.pk, person.picture])
    return format_html('<img src="{}" width="256" height="256" alt="" decoding="async">', address)
