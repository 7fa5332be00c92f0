"""A Dockerfile as a list of instructions, to run its steps without Docker."""

import fnmatch
import json
import re
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath


@dataclass
class Stage:
    """From one FROM to the next. ``steps`` are (instruction, rest) in order, with continuation lines joined."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [rest for word, rest in self.steps if word == instruction]

    def env(self) -> dict[str, str]:
        pairs = (pair.partition("=") for rest in self.all("ENV") for pair in shlex.split(rest))
        return {name: value for name, _, value in pairs}

    def command(self, instruction: str) -> list[str]:
        """The exec form of CMD, or of HEALTHCHECK's command."""
        rest = self.all(instruction)[-1]
        found: list[str] = json.loads(rest[rest.index("[") :])
        return found


def stages(file: Path) -> list[Stage]:
    text = re.sub(r"^\s*#.*\n", "", file.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        rest = " ".join(rest.split())
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].steps.append((instruction, rest))
    return found


class Ignore:
    """``.dockerignore``: the last pattern that matches a path, or one of its parent folders, decides."""

    def __init__(self, file: Path) -> None:
        lines = [line.strip() for line in file.read_text().splitlines()]
        self.patterns = [
            (line.lstrip("!"), not line.startswith("!")) for line in lines if line and line[0] != "#"
        ]

    def leaves_out(self, path: str) -> bool:
        parts = PurePosixPath(path).parts
        prefixes = ["/".join(parts[: length + 1]) for length in range(len(parts))]
        out = False
        for pattern, ignores in self.patterns:
            if any(_matches(prefix, pattern) for prefix in prefixes):
                out = ignores
        return out


def _matches(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return _matches(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)


def copy(root: Path, given: str, into: Path, ignore: Ignore) -> list[str]:
    """Run one COPY from the build's context; ``given`` is its arguments. Returns the copied paths."""
    *sources, target = shlex.split(given)
    copied = []
    for source in sources:
        start = root / source
        files = [start] if start.is_file() else [path for path in sorted(start.rglob("*")) if path.is_file()]
        for path in files:
            name = str(path.relative_to(root))
            if ignore.leaves_out(name):
                continue
            inside = into / target / (path.name if start.is_file() and target.endswith("/") else "")
            inside = inside if start.is_file() else into / target / path.relative_to(start)
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, inside)
            copied.append(name)
    assert copied, f"COPY {given}: nothing of it is in the build's context"
    return copied
