"""Forms of the chat. What a value must be is said by the actions; forms collect it and show what they say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from chat.actions.invitations import DAYS, DAYS_USUALLY
from chat.actions.people import DISPLAY_NAME_LIMIT
from chat.actions.rooms import NAME_LIMIT, TOPIC_LIMIT
from chat.models import Room


class RoomForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LIMIT,
        help_text=_("Short and lower case. People will type it after #."),
    )
    topic = forms.CharField(label=_("Topic"), max_length=TOPIC_LIMIT, required=False)
    kind = forms.ChoiceField(label=_("Who can join"), choices=Room.Kind.choices)


class ProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Display name"), max_length=DISPLAY_NAME_LIMIT)


class LinkForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Good for"),
        choices=[(days, ngettext_lazy("one day", "%(days)d days", days) % {"days": days}) for days in DAYS],
        coerce=int,
        initial=DAYS_USUALLY,
    )
    most_uses = forms.TypedChoiceField(
        label=_("How many may come by it"),
        choices=[
            (1, _("one person")),
            (5, _("5 people")),
            (25, _("25 people")),
            (100, _("100 people")),
            ("", _("any number")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial=5,
    )
