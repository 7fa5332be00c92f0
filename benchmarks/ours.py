"""hypertalk as it is, with one page more to compare with, and a stopwatch if asked for."""

import os

from hypertalk.settings import *

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")
if "STOPWATCH" in os.environ:
    CHANNEL_LAYERS["default"]["BACKEND"] = "benchmarks.stopwatch.TimedLayer"
