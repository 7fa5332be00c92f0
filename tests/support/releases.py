"""The release before this one, from the repository's history, to run beside ours."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.services import Daphne

ROOT = Path(__file__).resolve().parents[2]
# The last commit of that release. Update it with each release.
BEFORE = "1fac63631e868d9af4c325eb99b5d8578eecca6e"


def release_before(folder: Path) -> Path:
    """Extract its files to ``folder``. Skips the test if the commit is missing, as in a shallow clone."""
    archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip("the repository does not have the release before this one")
    folder.mkdir(exist_ok=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


class Release(Daphne):
    """A server of the release in ``folder``."""

    def __init__(self, code: Path, folder: Path, **env: str) -> None:
        self.program = (str(code / "manage.py"), "serve")
        super().__init__(folder, **env)


def serve(daphne: Daphne, code: Path) -> None:
    """Replace the release of a server: same port, same data."""
    daphne.stop()
    daphne.program = (str(code / "manage.py"), "serve")
    daphne.start()
