"""Style sheets and scripts: collected, and from this release."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage

from hypertalk.doctor.findings import Finding, Options, failure, ok
from hypertalk.static import parts

_COLLECT = "Run manage.py collectstatic --no-input, and restart the server."


def check(_options: Options) -> Iterator[Finding]:
    storage = staticfiles_storage
    root = Path(settings.STATIC_ROOT)
    if not isinstance(storage, ManifestFilesMixin):
        yield ok("static.manifest", "Static files are served from the source folders.")
        return
    try:
        paths: dict[str, str] = json.loads((root / storage.manifest_name).read_text())["paths"]
    except (OSError, ValueError, KeyError):
        yield failure(
            "static.manifest", f"Static files are not collected in {root}: pages can't be shown.", _COLLECT
        )
        return
    ours = dict(_ours())
    joined = parts(list(ours), lambda name: ours[name].read_text())
    uncollected = [name for name in sorted(ours.keys() - joined) if name not in paths]
    if uncollected:
        yield failure(
            "static.manifest",
            f"Static files were collected from another release: {uncollected[0]} is missing.",
            _COLLECT,
        )
        return
    for name in sorted(paths.values()):
        try:
            (root / name).open("rb").close()
        except OSError as error:
            yield failure("static.files", f"{root / name} can't be read: {error.strerror}.", _COLLECT)
            return
    yield ok("static.manifest", f"{len(paths)} static files are collected and can be read.")


def _ours() -> Iterator[tuple[str, Path]]:
    """Files in the project's own folders: the names that pages use, and where they are."""
    for name, storage in FileSystemFinder().list([".*"]):
        yield f"{storage.prefix}/{name}" if storage.prefix else name, Path(storage.path(name))
