"""Forms of the chat. The actions validate values; forms collect them and show the errors."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from chat.actions.invitations import DAYS, DEFAULT_DAYS
from chat.actions.people import DISPLAY_NAME_LIMIT
from chat.actions.profiles import ABOUT_LIMIT, CLEANERS, PRONOUNS_LIMIT, translated_languages
from chat.actions.rooms import KEEP_DAYS, NAME_LIMIT, SLOW_SECONDS, TOPIC_LIMIT
from chat.errors import Invalid
from chat.models import Person, Room
from chat.models.room import workspace_days


class RoomForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LIMIT,
        help_text=_("Letters, digits and dashes. Spaces become dashes."),
    )
    topic = forms.CharField(label=_("Topic"), max_length=TOPIC_LIMIT, required=False)
    kind = forms.ChoiceField(label=_("Who can join"), choices=Room.Kind.choices)


SLOW_WORDS = {
    5: _("Slow mode: one message every 5 seconds"),
    30: _("Slow mode: one message every 30 seconds"),
    60: _("Slow mode: one message a minute"),
    300: _("Slow mode: one message every 5 minutes"),
    3600: _("Slow mode: one message an hour"),
}


class RoomEditForm(RoomForm):
    """Also who can post, slow mode and retention. A field that is not given stays unchanged."""

    SLOW: ClassVar = dict(
        zip(SLOW_SECONDS, (_("Off"), _("5 s"), _("30 s"), _("1 min"), _("5 min"), _("1 h")), strict=True)
    )
    KEEP: ClassVar = dict(
        zip(
            KEEP_DAYS,
            (_("Forever"), _("1 year"), _("90 days"), _("30 days"), _("7 days"), _("1 day")),
            strict=True,
        )
    )
    # "keepers" is what forms of open pages post.
    WRITERS: ClassVar = {"everybody": _("Everyone"), "keepers": _("Only owners and moderators")}

    slow_seconds = forms.TypedChoiceField(
        label=_("Slow mode"),
        choices=SLOW.items,
        coerce=int,
        empty_value=None,
        required=False,
    )
    writers = forms.ChoiceField(label=_("Who can post"), choices=WRITERS.items, required=False)
    keep_days = forms.TypedChoiceField(
        label=_("Keep messages"), choices=KEEP.items, coerce=int, empty_value=None, required=False
    )

    @staticmethod
    def values_of(room: Room) -> dict[str, Any]:
        """Initial values: the room's current settings."""
        return {
            "name": room.name,
            "topic": room.topic,
            "kind": room.kind,
            "slow_seconds": room.slow_seconds,
            "writers": "keepers" if room.moderators_post_only else "everybody",
            "keep_days": room.keep_days or 0,
        }

    @property
    def workspace_days(self) -> int:
        """For the note below the field."""
        return workspace_days()

    @property
    def keep_choices(self) -> list[tuple[int, Any]]:
        """The workspace default, the shorter periods, and the current choice. Longer periods would make no difference."""
        if not (most := self.workspace_days):
            return list(self.KEEP.items())
        same = ngettext("Workspace default: 1 day", "Workspace default: %(days)d days", most)
        chosen = str(self["keep_days"].value())
        choices = {0: same % {"days": most}} | {days: words for days, words in self.KEEP.items() if days}
        return [each for each in choices.items() if each[0] < most or str(each[0]) == chosen]

    def shortens_retention(self, room: Room) -> bool:
        """Whether the new retention period is shorter than the room's current one."""
        wanted = self.cleaned_data["keep_days"]
        return bool(wanted) and (room.retention_days is None or wanted < room.retention_days)

    @property
    def moderators_post_only(self) -> bool | None:
        return {"keepers": True, "everybody": False}.get(self.cleaned_data["writers"])


class ProfileForm(forms.Form):
    """``cleaned_data`` holds only changed values: a person may keep an old value that is no longer valid.

    A language can be chosen if the words exist in more than one, or if the person has chosen another before.
    """

    display_name = forms.CharField(label=_("Display name"), max_length=DISPLAY_NAME_LIMIT)
    username = forms.CharField(label=_("Username"), max_length=40)
    pronouns = forms.CharField(label=_("Pronouns"), max_length=PRONOUNS_LIMIT, required=False)
    about = forms.CharField(label=_("About you"), max_length=ABOUT_LIMIT, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        help_text=_("Type a city, and choose from the list."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=Person.Theme.choices)

    def __init__(self, person: Person, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={name: getattr(person, name) for name in CLEANERS})
        offered = {person.language, *translated_languages()}
        languages = [(code, name) for code, name in settings.LANGUAGES if code in offered]
        if len(languages) > 1:
            choices = [("", _("Browser default")), *languages]
            self.fields["language"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        else:
            del self.fields["language"]

    def clean(self) -> dict[str, str]:
        given = super().clean() or {}
        cleaned = {}
        for name in given.keys() & set(self.changed_data):
            try:
                cleaned[name] = CLEANERS[name](given[name])
            except Invalid as error:
                self.add_error(name, str(error))
        return cleaned


class LinkForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Expires in"),
        choices=[(days, ngettext_lazy("1 day", "%(days)d days", days) % {"days": days}) for days in DAYS],
        coerce=int,
        initial=DEFAULT_DAYS,
    )
    most_uses = forms.TypedChoiceField(
        label=_("Uses"),
        choices=[
            (1, _("1 use")),
            (5, _("5 uses")),
            (25, _("25 uses")),
            (100, _("100 uses")),
            ("", _("No limit")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial=5,
    )
