"""The encoding of the process. People's names are in Thai and Bulgarian, too."""

import locale
import sys
from collections.abc import Iterator

from hypertalk.doctor.findings import Finding, Options, ok, warning


def check(_options: Options) -> Iterator[Finding]:
    used = {
        "files": sys.getfilesystemencoding(),
        "text": locale.getpreferredencoding(do_setlocale=False),
        "output": getattr(sys.stdout, "encoding", None) or "utf-8",
    }
    wrong = [
        f"{what} ({name})"
        for what, name in used.items()
        if name.lower().replace("-", "").replace("_", "") != "utf8"
    ]
    if wrong:
        yield warning(
            "encoding.process",
            f"The process does not use UTF-8 for {', '.join(wrong)}: names may be garbled in logs and files.",
            "Start it with LC_ALL=C.UTF-8.",
        )
    else:
        yield ok("encoding.process", "The process uses UTF-8.")
