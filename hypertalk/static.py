"""Static files with a content hash in their names, so that browsers cache them for ever."""

from functools import cache
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Also rewrites the imports between our JavaScript modules, so that no page mixes two releases."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = cache(
            super().url
        )  # a page needs about twenty URLs, and the manifest is read only once anyway
