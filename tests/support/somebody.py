"""Run a program as a user who is not root and owns no files."""

import os
import shutil

UID = 10001

# It can read what root can, since a developer's interpreter is often in a private home directory; it can write only
# what any user can.
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
