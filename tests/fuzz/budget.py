"""How many examples to try: in the suite a few, always the same; with ``make fuzz`` many, and different ones each time."""

import os
from collections.abc import Callable
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, seed, settings

# Examples for each one of the short run, and their seed; 0: the short run itself.
FACTOR = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = os.environ.get("FUZZ_SEED", "")


def looks(examples: int, about: str = "") -> Callable[[Any], Any]:
    """For a test with ``@given``: the number of examples in the suite. ``about``: a name that changes the seed."""

    def bounded(test: Any) -> Any:
        # The short run reports a failure at once; the long run takes the time to shrink it.
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
