"""Static files with a content hash in their names, so that browsers cache them for ever. They are sent lean (lean.py)."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from hypertalk import lean

OURS = "chat/"
MAIN = "chat/js/app/main.js"  # with all that it imports
ALSO_ALONE = ("chat/js/core/busy.js",)  # a module of the main one, and on pages without it


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Also rewrites the imports between our JavaScript modules, so that no page mixes two releases."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(
            super().url
        )  # a page needs about twenty URLs, and the manifest is read only once anyway

    def post_process(self, paths: dict[str, tuple[Any, str]], *args: Any, **kwargs: Any) -> Iterator[Any]:
        """``paths``: names of files -> the storage that they come from, and their path in it."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                text: str = file.read().decode()
            return text

        @cache
        def sent(name: str) -> str:
            return (lean.lean_css if name.endswith(".css") else lean.lean_js)(read(name))

        def file(name: str, there: tuple[Any, str]) -> tuple[Any, str]:
            if not name.startswith(OURS) or not name.endswith((".js", ".css")):
                return there
            return _Text(lambda: lean.join(MAIN, sent) if name == MAIN else sent(name)), there[1]

        joined = parts(list(paths), sent)
        files = {name: file(name, there) for name, there in paths.items() if name not in joined}
        yield from super().post_process(files, *args, **kwargs)


class _Text:
    """A storage of one file."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = cache(text)

    def open(self, _path: str) -> "ContentFile[bytes]":
        return ContentFile(self._text().encode())


def parts(names: list[str], read: lean.Read) -> set[str]:
    """The modules of which there is no file in a release, because pages have them in the main one."""
    if MAIN not in names:
        return set()
    inside = set(lean.modules(MAIN, read))
    scripts = (name for name in names if name.startswith(f"{OURS}js/") and name.endswith(".js"))
    alone = {MAIN, *ALSO_ALONE, *(name for name in scripts if name not in inside)}
    return inside - {module for name in alone - {MAIN} for module in lean.modules(name, read)} - {MAIN}
