"""The log: one line per record, with the ids of the request or socket, and never what people wrote.

``context`` has those ids, ``errors`` describes exceptions without the data in them, ``secrets`` removes tokens from
URLs, ``formatters`` makes the line, and ``tracing`` gives each request and socket its id. ``away`` filters what a
library repeats every second.
"""
