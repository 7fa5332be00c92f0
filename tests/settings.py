"""The deployment's own settings, with what tests need otherwise."""

import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "for-tests-only-" + "x" * 40)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("HTTPS_ONLY", "0")

from hypertalk.settings import *

# Hashing a password takes a third of a second by design; tests sign in often and prove nothing by waiting.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
# What is put into the queue is done at once, within the transaction: tests of jobs themselves have the real one.
TASKS = {
    "default": {
        "BACKEND": "django.tasks.backends.immediate.ImmediateBackend",
        "QUEUES": [],
        "OPTIONS": {"transactional": True},
    }
}
WHITENOISE_USE_FINDERS = True
# A server finds all static files when it starts. Each test client would do so too: it looks for a file when it is asked.
WHITENOISE_AUTOREFRESH = "serve" not in sys.argv
# In production a file's name changes with its content, and browsers ask for it once. Here they may not ask again either.
WHITENOISE_MAX_AGE = 24 * 60 * 60
warnings.filterwarnings("ignore", "No directory at")  # that is where ``collectstatic`` puts them
# In a file, as in a real workspace: several threads, each with a connection, one of which writes at a time.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _FOLDER = tempfile.TemporaryDirectory(prefix="hypertalk-test-", ignore_cleanup_errors=True)
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_FOLDER.name) / "db.sqlite3")}
# A pool's own threads outlive the test database they point to.
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["OPTIONS"].pop("pool")
    DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
