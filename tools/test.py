"""``make test``: run every part, then print how long each took and how many tests passed."""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-q"]
# In the fast suites the tests that commit come last in each process.
FAST = [*PYTEST, "-n", "2"]
# A file's tests share its servers. They wait for them, and pages wait for frames: a third process uses that time.
BY_FILE = [*PYTEST, "--dist", "loadfile", "-n"]
STAGES: list[dict[str, list[str]]] = [
    {"check": ["sh", "tools/check.sh"], "fast (SQLite, memory)": FAST},
    {"fast (PostgreSQL, Redis)": [*FAST, "--services"]},
    {"services": [*BY_FILE, "2", "tests/services"], "faults, in short": [*PYTEST, "tests/faults", "--short"]},
    {"browser": [*BY_FILE, "3", "tests/browser"]},
]
# The tests start dozens of processes: compile each module once for all of them, even if this is turned off.
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPYCACHEPREFIX": str(Path("var/pycache").absolute()),
}


@dataclass
class Result:
    seconds: float
    broken: bool
    passed: int
    failed: int
    names: list[str]


def run(command: list[str], heading: str, *, stream: bool) -> Result:
    """Run a part, and print its output: line by line, or at its end, if other parts run beside it."""
    began = time.monotonic()
    lines = [f"\n== {heading}\n"]
    if stream:
        print(lines[0], end="", flush=True)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if stream:
                print(line, end="", flush=True)
    if not stream:
        print("".join(lines), end="", flush=True)
    numbers = {"passed": 0, "failed": 0, "error": 0}
    for number, word in re.findall(r"(\d+) (passed|failed|error)", lines[-1]):
        numbers[word] += int(number)
    failed = numbers["failed"] + numbers["error"]
    names = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return Result(time.monotonic() - began, process.returncode != 0, numbers["passed"], failed, names)


def main() -> int:
    """Go on after a failed part, so that one run reports all. Exit code 1 if any failed."""
    results: dict[str, Result] = {}
    with ThreadPoolExecutor() as threads:
        for stage in STAGES:
            running = {
                name: threads.submit(run, command, name, stream=len(stage) == 1)
                for name, command in stage.items()
            }
            results.update((name, part.result()) for name, part in running.items())
    print("\nDuration of each part, seconds")
    for name, result in results.items():
        print(f"  {name:<26} {result.seconds:6.1f}  {'FAILED' if result.broken else 'ok'}")
    broken = [name for name, result in results.items() if result.broken]
    # Once more at the very end, because people see the end of a long log first.
    for name in broken:
        print(f"\n{name}:")
        print("".join(results[name].names), end="")
    failed = sum(result.failed for result in results.values())
    print(f"\n{sum(result.passed for result in results.values())} passed, {failed or len(broken)} failed")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
