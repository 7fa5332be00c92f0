"""Which records are logged, and how (docs/settings.md)."""

from hypertalk import env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "hypertalk.logs.formatters.Text"},
        "json": {"()": "hypertalk.logs.formatters.Json"},
    },
    "filters": {"not_away": {"()": "hypertalk.logs.away.NotAway"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", "text", ("text", "json")),
        }
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    },
    "loggers": {
        # Django's own handlers would write each line a second time, in another format.
        "django": {"handlers": [], "level": "NOTSET", "propagate": True},
        # SQL with its parameters, and every template variable, are for a debugger.
        "django.db.backends": {"level": "WARNING"},
        "django.template": {"level": "WARNING"},
        # It logs each poll of the queue, every second.
        "django_tasks_db": {"level": "WARNING"},
        # It logs every second without Redis; the hub's subscription logs once when it is lost and once when it is back.
        "channels_redis.pubsub": {"filters": ["not_away"]},
    },
}
