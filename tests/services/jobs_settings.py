"""The tests' settings with the deployment's queue, and mail that goes out. ``LEASE``: seconds."""

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
