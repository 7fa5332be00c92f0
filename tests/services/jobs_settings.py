"""The tests' settings with the production queue and mail backend. ``LEASE`` is in seconds."""

import os

from hypertalk import env
from tests.settings import *

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": [],
        "OPTIONS": {"transactional": True, "lease": int(os.environ.get("LEASE", "300"))},
    }
}
MAILERS = {"default": env.mailer("EMAIL_URL", "console:")}
