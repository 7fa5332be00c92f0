"""The app of the user model."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "hypertalk.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what invalidates cached users, exports and erases accounts. Only now can models be imported."""
        from django.contrib.auth import get_user_model  # noqa: PLC0415
        from django.contrib.sessions.models import Session  # noqa: PLC0415

        import hypertalk.accounts.personal_data  # noqa: F401, PLC0415
        from chat.models import Person  # noqa: PLC0415
        from hypertalk.accounts import receivers  # noqa: PLC0415
        from hypertalk.caching.row_cache import invalidate_when_changed  # noqa: PLC0415

        receivers.connect()

        invalidate_when_changed(Session)
        invalidate_when_changed(get_user_model())
        # A cached user contains their person.
        invalidate_when_changed(Person, by="user_id", of=get_user_model())
