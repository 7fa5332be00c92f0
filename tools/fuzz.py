"""``make fuzz``: run tests/fuzz with many more examples and new seeds, until the time is over."""

import argparse
import os
import secrets
import subprocess
import sys
import time

TESTS = ["tests/fuzz", "tests/chat/text/test_markup_attacks.py"]
EACH = 20  # a round has this many times the examples of the suite


def main() -> int:
    """Exit code 1 as soon as something is found; the printed seed repeats the round."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument(
        "--examples", default="", help="one round with so many times the examples of the suite"
    )
    asked.add_argument("--seed", default="", help="one round from this beginning")
    asked.add_argument("tests", nargs="*", default=[])
    given = asked.parse_args()
    until = time.monotonic() + 60 * given.minutes
    rounds = 0
    while rounds == 0 or (time.monotonic() < until and not (given.examples or given.seed)):
        seed = given.seed or secrets.token_hex(4)
        examples = given.examples or str(EACH)
        rounds += 1
        print(f"Round {rounds}: seed {seed}, {examples} times the examples of the suite", flush=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "-k",
            "not costly",
            *(given.tests or TESTS),
        ]
        environment = {**os.environ, "FUZZ_SEED": seed, "FUZZ_EXAMPLES": examples}
        if failed := subprocess.run(command, env=environment, check=False).returncode:
            print(f"Found something. Repeat it: make fuzz SEED={seed} EXAMPLES={examples}", file=sys.stderr)
            return 1 if failed == 1 else failed
    print(f"Nothing found in {rounds} round{'s' if rounds > 1 else ''}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
