"""Personal data of the account, as far as it is not in the chat's profile. ``receivers`` erases it with the account."""

from chat.models import Person
from chat.privacy.registry import PersonalData, Row, register_personal_data
from hypertalk.accounts.models import User


def _account(person: Person) -> Row:
    """One query."""
    user = User.objects.get(pk=person.user_id)
    return {"joined": user.date_joined, "last_signed_in": user.last_login, "last_room": user.last_room}


register_personal_data(
    "account",
    PersonalData(
        file="account.json",
        export=_account,
        stays="The empty row: other rows refer to it; when it was made.",
    ),
)
