"""Forms of the chat. What a value must be is said by the actions; forms collect it and show what they say."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.actions.people import DISPLAY_NAME_LIMIT
from chat.actions.rooms import NAME_LIMIT, SLOW_SECONDS, TOPIC_LIMIT
from chat.models import Room


class RoomForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LIMIT,
        help_text=_("Short and lower case. People will type it after #."),
    )
    topic = forms.CharField(label=_("Topic"), max_length=TOPIC_LIMIT, required=False)
    kind = forms.ChoiceField(label=_("Who can join"), choices=Room.Kind.choices)


SLOW_WORDS = {
    5: _("Slow mode: a message every 5 seconds"),
    30: _("Slow mode: a message every 30 seconds"),
    60: _("Slow mode: a message a minute"),
    300: _("Slow mode: a message every 5 minutes"),
    3600: _("Slow mode: a message an hour"),
}


class RoomEditForm(RoomForm):
    """With who writes, and how fast. What is not given stays as it is."""

    SLOW: ClassVar = dict(
        zip(SLOW_SECONDS, (_("Off"), _("5 s"), _("30 s"), _("1 min"), _("5 min"), _("1 h")), strict=True)
    )
    WRITERS: ClassVar = {"everybody": _("Everybody"), "keepers": _("Only owners and moderators")}

    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode: from one message to the next"),
        choices=SLOW.items,
        coerce=int,
        empty_value=None,
        required=False,
    )
    writers = forms.ChoiceField(label=_("Who writes"), choices=WRITERS.items, required=False)

    @property
    def keepers_only(self) -> bool | None:
        return {"keepers": True, "everybody": False}.get(self.cleaned_data["writers"])


class ProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Display name"), max_length=DISPLAY_NAME_LIMIT)
