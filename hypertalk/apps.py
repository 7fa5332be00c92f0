"""The deployment's own app."""

from django.apps import AppConfig

from hypertalk import env


class HypertalkConfig(AppConfig):
    name = "hypertalk"

    def ready(self) -> None:
        from chat.limits import LIMITS  # noqa: PLC0415 - the chat's features have registered theirs by now

        env.check_rates("_LIMIT", LIMITS)
