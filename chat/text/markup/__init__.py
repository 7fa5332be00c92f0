"""What people write, turned into what is shown. Pure functions: no database, no settings, no viewer.

`render` runs once, when a message is written; its result is stored and sent to everybody. Two walls stand one
behind the other: the parser (`parser.py`) makes no element the writer asked for by name, and the sanitiser
(`sanitising.py`) lets nothing pass that the parser has no reason to make.
"""

from chat.text.markup.cleaning import clean
from chat.text.markup.rendering import excerpt, render

__all__ = ["clean", "excerpt", "render"]
