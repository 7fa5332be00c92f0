"""``make test``: run every part in turn, then print how long each took and how many tests passed."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

# Two processes. In the fast suites the tests that commit come last in each; elsewhere a file's tests share its servers.
FAST = [sys.executable, "-m", "pytest", "-q", "-n", "2"]
BY_FILE = [*FAST, "--dist", "loadfile"]
PARTS: dict[str, list[str]] = {
    "check": ["sh", "tools/check.sh"],
    "fast (SQLite, memory)": FAST,
    "fast (PostgreSQL, Redis)": [*FAST, "--services"],
    "services": [*BY_FILE, "tests/services"],
    "faults, in short": [sys.executable, "-m", "pytest", "-q", "tests/faults", "--short"],
    "browser": [*BY_FILE, "tests/browser"],
}
# The tests start dozens of processes: compile each module once for all of them, even if this is turned off.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPYCACHEPREFIX": str(Path("var/pycache").absolute()),
}


def main() -> int:
    """Go on after a failed part, so that one run reports all. Exit code 1 if any failed."""
    took: dict[str, float] = {}
    passed = failed = 0
    broken = []
    for name, command in PARTS.items():
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT
        ) as process:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                print(line, end="", flush=True)
                lines.append(line)
        took[name] = time.monotonic() - began
        if process.returncode:
            broken.append(name)
        closing = lines[-1] if lines else ""
        passed += sum(int(n) for n in re.findall(r"(\d+) passed", closing))
        failed += sum(int(n) for n in re.findall(r"(\d+) (?:failed|errors?)", closing))
    print("\nDuration of each part, seconds")
    for name, seconds in took.items():
        print(f"  {name:<26} {seconds:6.1f}  {'FAILED' if name in broken else 'ok'}")
    print(f"\n{passed} passed, {failed or len(broken)} failed")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
