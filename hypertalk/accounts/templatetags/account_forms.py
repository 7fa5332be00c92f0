"""The fields of account forms, of which one has the focus."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def focused_field(form: forms.Form) -> str:
    """The name of the field that has the focus: the first that is wrong, else the first that is shown empty. Of a form
    without visible fields, none.
    """
    fields = form.visible_fields()
    wrong = [field.name for field in fields if field.errors]
    empty = [field.name for field in fields if not field.value() or _is_password(field)]
    return next(iter([*wrong, *empty, *(field.name for field in fields)]), "")


def _is_password(field: BoundField) -> bool:
    """Passwords do not come back with the page."""
    return isinstance(field.field.widget, forms.PasswordInput)


@register.simple_tag
def form_field(field: BoundField, focused: str) -> SafeString:
    """The field, with the focus if it is called ``focused``."""
    return field.as_widget(attrs={"autofocus": True} if field.name == focused else None)
