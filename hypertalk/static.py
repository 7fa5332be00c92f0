"""Static files under names that hold their content's hash, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Rewrites the imports between our JavaScript modules too, so that no page mixes two releases."""

    support_js_module_import_aggregation = True
