"""What a picture field says and checks: the limits of ``chat.media.pictures``, which the server keeps to."""

from typing import Any

from django import template

from chat.media import pictures

register = template.Library()


@register.inclusion_tag("chat/shell/_picture_field.html")
def picture_field(name: str, label: str, error: str = "") -> dict[str, Any]:
    """A field for a picture. A script (accounts/picture.js) shows and crops it; else the server crops the centre."""
    return {
        "name": name,
        "label": label,
        "error": error,
        "kinds": ",".join(f"image/{each.lower()}" for each in pictures.FORMATS),
        "most": pictures.MAX_BYTES,
        "too_large": pictures.too_large(),
        "limits": pictures.limits_in_words(),
    }
