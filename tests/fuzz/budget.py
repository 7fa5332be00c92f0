"""How far to look: in the suite at a few examples, always the same; with ``make fuzz`` at many, and others each time."""

import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, seed, settings

# Examples for each one of the short run, and the number from which all of them come; 0: the short run itself.
FACTOR = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = os.environ.get("FUZZ_SEED", "")


def looks(examples: int, about: str = "") -> Callable[[Any], Any]:
    """For a test of ``@given``: so many examples in the suite. ``about``: where each of several tests begins elsewhere."""

    def bounded(test: Any) -> Any:
        # A failure of the short run is told at once; the long run takes the time to make it small.
        phases = [Phase.generate, Phase.shrink] if FACTOR else [Phase.generate]
        test = settings(
            max_examples=examples * max(FACTOR, 1),
            database=None,
            deadline=None,
            print_blob=True,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        )(test)
        return seed(crc32(f"{SEED} {about}".encode()))(test)

    return bounded
