"""The settings, with static files as docs/embedding.md has them for production."""

from project.settings import *

DEBUG = False
STORAGES = {"staticfiles": {"BACKEND": "people.storage.HashedStorage"}}
STATIC_ROOT = BASE_DIR / "static"
