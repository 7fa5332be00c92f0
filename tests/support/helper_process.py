"""A second process beside a server, for code that tests run in another process: Django starts only once for all of
them.

Each line on standard input is a piece of Python as JSON; each line on standard output is what it printed, or why it
failed.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
import traceback


class HelperProcess:
    """``env``: that of the server it works with."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> str:
        """Returns what it prints. Raises RuntimeError with its traceback."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"trouble": "the helper process is gone"}')
        if "trouble" in answer:
            raise RuntimeError(answer["trouble"])
        return str(answer["printed"])

    def stop(self) -> None:
        self._process.communicate(timeout=15)


def _attend() -> None:
    import django
    from django.db import connections, reset_queries

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    answers = sys.stdout
    for line in sys.stdin:
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(json.loads(line), {})  # noqa: S102 - its purpose
            answer = {"printed": printed.getvalue()}
        except Exception:  # noqa: BLE001 - any error is reported to the caller
            answer = {"trouble": traceback.format_exc()}
        reset_queries()
        connections.close_all()  # a restored database is another file, and an idle connection blocks others
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    _attend()
