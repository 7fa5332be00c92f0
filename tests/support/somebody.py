"""To run a program as somebody who is not root, and owns nothing."""

import os
import shutil

UID = 10001

# It may read like root, as the interpreter of a developer often lies in a home that is closed to others; what it may
# write is what anybody may.
SOMEBODY = (
    "setpriv",
    f"--reuid={UID}",
    f"--regid={UID}",
    "--clear-groups",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
    "--no-new-privs",
)


def can_be_somebody() -> bool:
    return os.geteuid() == 0 and shutil.which("setpriv") is not None
