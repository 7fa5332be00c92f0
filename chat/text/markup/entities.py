"""Character references, such as &copy;: decoded if the character can be seen, else left as they were written."""

import re

from markdown_it.common.utils import replaceEntityPattern
from markdown_it.rules_inline import StateInline

from chat.text.characters import INVISIBLE

_REFERENCE = re.compile(r"&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)


def decoded(source: str, at: int) -> tuple[str, str] | None:
    """The reference at this place, and its characters; None if there is none or nobody would see what it stands for.

    Controls and direction marks are cleaned from what people write; they must not come back by another notation.
    """
    found = _REFERENCE.match(source, at)
    if not found:
        return None
    written = found.group()
    characters = replaceEntityPattern(written, found.group(1))
    unseen = characters == written or any(each in INVISIBLE for each in characters)
    return None if unseen else (written, characters)


def entity(state: StateInline, silent: bool) -> bool:
    """The rule for references, instead of markdown-it's."""
    found = decoded(state.src, state.pos) if state.src[state.pos] == "&" else None
    if found is None:
        return False
    written, characters = found
    if not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = characters, written, "entity"
    state.pos += len(written)
    return True
