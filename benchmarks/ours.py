"""hypertalk as it is, with one page more to compare with."""

from hypertalk.settings import *

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")
