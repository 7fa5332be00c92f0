"""The release before this one, taken from the history of the repository, to run beside ours."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.services import Daphne

ROOT = Path(__file__).resolve().parents[2]
# The last commit of that release. Whoever releases names the next one here.
BEFORE = "1fac63631e868d9af4c325eb99b5d8578eecca6e"


def release_before(folder: Path) -> Path:
    """Its files, in ``folder``. Skips the test where the history does not reach back to it, as in a shallow clone."""
    archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip("the repository does not have the release before this one")
    folder.mkdir(exist_ok=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


class Release(Daphne):
    """A server of a release that lies in ``folder``."""

    def __init__(self, code: Path, folder: Path, **env: str) -> None:
        self.program = (str(code / "manage.py"), "serve")
        super().__init__(folder, **env)


def serve(daphne: Daphne, code: Path) -> None:
    """Exchange the release of a server: the same port, the same data."""
    daphne.stop()
    daphne.program = (str(code / "manage.py"), "serve")
    daphne.start()
