"""hypertalk's settings, with one more page to compare with, and optionally a stopwatch."""

import os

from hypertalk.settings import *

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")
if "STOPWATCH" in os.environ:
    CHANNEL_LAYERS["default"]["BACKEND"] = "benchmarks.stopwatch.TimedLayer"
