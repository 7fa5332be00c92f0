"""``manage.py backup`` and ``manage.py restore``: the whole workspace in one file, independent of the database.

The file is a ZIP. Each table is a member ``tables/<name>.jsonl``, one JSON array per line, unordered. Uploaded files,
if there are any, are ``files/<path>``. ``manifest.json``, written last, has the migrations that the rows belong to, and
the SHA-256 and number of rows of each member. docs/backups.md is for operators.

``tables`` says what is included and how a value is written, ``snapshot`` reads it as of one moment, ``archive`` is the
file format, ``target`` writes the file atomically, ``restoring`` reads it back.
"""


class BackupError(Exception):
    """Why a backup could not be made or restored, in a sentence for operators."""
