"""``manage.py backup`` and ``manage.py restore``: the whole place in one file, the same whatever database it is from.

The file is a ZIP. Each table is a member ``tables/<name>.jsonl``, a JSON array a line, in no order; files that people
uploaded, should there be any, are ``files/<path>``. ``manifest.json``, written last, says which migrations the rows are
of, and of each member its SHA-256 and how many rows it has. docs/backups.md is for who runs a place.

``tables`` knows what is taken along and how a value is written, ``snapshot`` reads it as of one moment, ``archive`` is the
file, ``target`` puts it on the disk whole or not at all, ``restoring`` does the way back.
"""


class BackupError(Exception):
    """Why a backup could not be made or taken back, in a sentence for who runs the place."""
