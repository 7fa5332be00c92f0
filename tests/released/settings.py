"""``RELEASE``: a folder with ``from``, a copy of static/, and ``to``, where collectstatic puts it."""

import os
from pathlib import Path

from tests.settings import *

_FOLDER = Path(os.environ["RELEASE"])
STATICFILES_DIRS = [("chat", _FOLDER / "from")]
STATIC_ROOT = _FOLDER / "to"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "hypertalk.static.HashedStaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = False
