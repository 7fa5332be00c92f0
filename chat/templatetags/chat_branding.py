"""The name and the picture of the workspace: ``{% branding as brand %}``."""

from django import template

from chat.branding import branding

register = template.Library()

register.simple_tag(branding)
