"""Turns what people write into what is shown. Pure functions: no database, no settings, no viewer.

`render` runs once, when a message is written; its result is stored and sent to everybody. There are two lines of
defence: the parser (`parser.py`) creates no element that the author asked for by name, and the sanitiser
(`sanitising.py`) removes everything that the parser has no reason to create.
"""

from chat.text.markup.cleaning import clean
from chat.text.markup.rendering import excerpt, render

__all__ = ["clean", "excerpt", "render"]
