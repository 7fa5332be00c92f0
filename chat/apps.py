"""The app: loads its features and connects its signal receivers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")
    default_auto_field = "django.db.models.BigAutoField"  # as in the migrations, whatever the project has

    def ready(self) -> None:
        from chat import checks, features, receivers  # noqa: PLC0415 - need the models, which load after this module

        features.load()
        receivers.connect()
        checks.register_all()
