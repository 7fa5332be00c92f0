"""What features add to pages: templates in slots, and style sheets. A feature registers them in its own module."""

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Slot: the templates in it. A page shows them with ``{% slot "..." %}``.
SLOTS: dict[str, list[str]] = {
    "icons": [],  # <symbol id="i-...">, on every page; used with {% icon "..." %}
    "viewer_sheet": [],  # CSS rules that depend on the viewer, whose id is {{ me.pk }}
    "templates": [],  # <template>s for scripts, on every page of the app; cached by language
    "above_composer": [],  # in a room; its context comes from room_page.register_value
    "message_actions": [],  # buttons, with a data-action that room/message-actions.js knows; cached by language
    "message_links": [],  # links with the same actions, for pages without script; gets ``message``
}
STYLES: list[str] = []


def register_template(slot: str, name: str) -> None:
    """Show the template of this name in a slot. Raises KeyError if there is no such slot."""
    SLOTS[slot].append(name)


def register_style(path: str) -> None:
    """Link this style sheet, such as ``chat/css/room/polls.css``, on every page of the app, after the app's own."""
    STYLES.append(path)


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str) -> SafeString:
    """The templates of a slot, with the context of the page."""
    engine = context.template.engine  # type: ignore[union-attr]  # a template renders this
    return mark_safe("".join(engine.get_template(each).render(context) for each in SLOTS[name]))  # noqa: S308 - templates


@register.simple_tag
def feature_styles() -> SafeString:
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((static(path),) for path in STYLES))
