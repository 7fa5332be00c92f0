"""``make chaos``: ten thousand runs of the model, on every core. ``make chaos SEED=n`` replays one of them exactly.

In memory: SQLite, and the model's own channel layer. ``SERVICES=1`` plays on PostgreSQL, with Redis as the cache; each run
needs some thousand round trips, so it takes ten times as long. A failing run is shrunk, and printed with its log.
At the end each of the mutants (mutants.py) must be caught. This tests the model, so it runs in memory only.
"""

import argparse
import atexit
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest import MonkeyPatch  # noqa: PT013

    from tests.model.stage import Stage

CHUNK = 20
MOST_FAILURES = 5
SMALLER_WITHIN = 60  # seconds
LINES = 60
MOST = 40  # runs until a mutant must be caught; each is within five


def main() -> int:
    """Returns 0 if every run passed, else 1."""
    asked = arguments()
    with services(wanted=asked.services):
        if asked.seed is not None:
            return replay(asked.seed, asked.keep, whole=asked.trace)
        return many(range(asked.first, asked.first + asked.seeds), asked.jobs, mutants=not asked.services)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10_000, help="how many runs")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--keep", type=numbers, help="only these of its steps, with commas between")
    parser.add_argument("--trace", action="store_true", help="print all that happens in it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--services", action="store_true", help="on PostgreSQL and Redis")
    return parser.parse_args()


def numbers(value: str) -> list[int]:
    return [int(part) for part in value.split(",")]


@contextmanager
def services(*, wanted: bool) -> Iterator[None]:
    if not wanted:
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        yield
        return
    from tests.support.services import Postgres, Redis

    postgres, redis = Postgres(), Redis()
    os.environ |= {"DATABASE_URL": postgres.url(), "REDIS_URL": redis.url}
    try:
        yield
    finally:
        redis.stop()
        postgres.stop()


@contextmanager
def stage() -> Iterator["Stage"]:
    """A database for this process, and everything else that a run needs."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["REDIS_PREFIX"] = f"chaos-{os.getpid()}"
    import django

    django.setup()
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = None  # in memory
    else:
        connection.settings_dict["TEST"]["NAME"] = f"chaos_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    from tests.model.stage import a_stage

    with a_stage() as made:
        yield made


def failure(made: "Stage", seed: int, keep: list[int] | None = None) -> Exception | None:
    from tests.model.machine import play

    try:
        play(made, seed, keep)
    except Exception as error:  # noqa: BLE001 - whatever it is, the run failed
        return error
    return None


# Many


def many(seeds: range, jobs: int, *, mutants: bool) -> int:
    began = time.monotonic()
    chunks = [seeds[n : n + CHUNK] for n in range(0, len(seeds), CHUNK)]
    done, failed = 0, 0
    with multiprocessing.get_context("spawn").Pool(jobs, begin) as pool:
        for played, reports in pool.imap_unordered(some, chunks):
            done += played
            for report in reports:
                failed += 1
                print(f"\n{report}", flush=True)
            took = time.monotonic() - began
            print(f"\r{done} of {len(seeds)} runs, {failed} failed, {took:.0f} s ", end="", flush=True)
            if failed >= MOST_FAILURES:
                print("\nThat is enough to begin with.")
                pool.terminate()
                return 1
        parts = [(part, jobs) for part in range(jobs)] if mutants else []
        missed = [name for names in pool.starmap(not_found, parts) for name in names]
    for name in missed:
        print(f"\nThe model finds nothing where {name.replace('_', ' ')}.")
    print(f"\n{done} runs, {failed} failed, {time.monotonic() - began:.1f} seconds, {jobs} processes")
    return 1 if failed or missed else 0


_here: list["Stage"] = []


def begin() -> None:
    """Once per process. The stage ends with the process, and so does its database."""
    opened = ExitStack()
    _here.append(opened.enter_context(stage()))
    atexit.register(opened.close)


def some(seeds: range) -> tuple[int, list[str]]:
    reports = [report(_here[0], seed, error) for seed in seeds if (error := failure(_here[0], seed))]
    return len(seeds), reports


# Mutants


def is_found(made: "Stage", plant: Callable[["MonkeyPatch"], None]) -> bool:
    from pytest import MonkeyPatch  # noqa: PT013

    with MonkeyPatch.context() as put:
        plant(put)
        return any(isinstance(failure(made, seed), AssertionError) for seed in range(MOST))


def not_found(part: int, parts: int) -> list[str]:
    """The names of the mutants that this process tried (every ``parts``th) and the model did not catch."""
    from tests.model.mutants import FAULTS

    return [plant.__name__ for plant in FAULTS[part::parts] if not is_found(_here[0], plant)]


# One


def replay(seed: int, keep: list[int] | None, *, whole: bool) -> int:
    with stage() as made:
        error = failure(made, seed, keep)
        if whole:
            print("\n".join(made.world.log))
        print(told(error) if error else f"Seed {seed} ends well.")
        return 1 if error else 0


def told(error: Exception) -> str:
    log = getattr(error, "log", [])
    lines = [*log[-LINES:], f"{type(error).__name__}: {error}"]
    return "\n".join(lines)


def report(made: "Stage", seed: int, error: Exception) -> str:
    keep, smallest = smaller(made, seed, error)
    steps = ",".join(map(str, keep))
    return (
        f"Seed {seed} fails. Made smaller, to its steps {steps}:\n{told(smallest)}\n"
        f"make chaos SEED={seed}               replays it exactly\n"
        f"make chaos SEED={seed} KEEP={steps}  replays what is printed here\n"
    )


def smaller(made: "Stage", seed: int, error: Exception) -> tuple[list[int], Exception]:
    """The fewest steps that still fail in the same way: halves are left out, then quarters, then single steps."""
    from tests.model.machine import steps_of

    until = time.monotonic() + SMALLER_WITHIN
    keep = list(range(len(steps_of(seed))))
    size = len(keep) // 2
    while size and time.monotonic() < until:
        for start in range(0, len(keep), size):
            fewer = keep[:start] + keep[start + size :]
            found = failure(made, seed, fewer)
            if found is not None and str(found)[:12] == str(error)[:12]:
                keep, error = fewer, found
                break
        else:
            size //= 2
    return keep, error


if __name__ == "__main__":
    sys.exit(main())
