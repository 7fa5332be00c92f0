"""Whether a sign after a backslash would be markup without it."""

import re
from collections.abc import Callable

from markdown_it.rules_inline import StateInline

from chat.text.markup.entities import decoded

_LINK = re.compile(r"\[[^\[\]]{0,400}\]\(\s{0,9}<?(?:https?:|mailto:|tel:)", re.IGNORECASE)
_END_OF_LINK = re.compile(r"\]\(\s{0,9}<?(?:https?:|mailto:|tel:)", re.IGNORECASE)
_AUTOLINK = re.compile(r"<(?:https?:|mailto:|tel:|[^\s<>@]{1,64}@)[^\s<>]{1,2000}>", re.IGNORECASE)
_STRIKES = re.compile(r"(?:\\?~){2,}")
# At the start of a line: quote, list, heading, rule, fence.
_BLOCK = re.compile(r">|[-+*](?=\s)|#{1,6}(?=\s)|([-*_])(?:[ \t]*\1){2,}[ \t]*(?=\n|$)|`{3}|~{3}")
_BEFORE_POINT = re.compile(r"(?:^|\n) {0,3}\d{1,9}$")
_AFTER_POINT = re.compile(r"[.)](?=\s)")


def would_act(state: StateInline, sign: str, at: int, begin: int) -> bool:
    """Whether the sign at ``at`` would be markup if the backslashes from ``begin`` on were not there."""
    if begins_block(state, begin, at):
        return True
    check = _CHECKS.get(sign)
    return check is not None and check(state, at, begin)


def _is_code(state: StateInline, at: int, begin: int) -> bool:
    return state.src.find("`") != state.src.rfind("`")


def _is_link(state: StateInline, at: int, begin: int) -> bool:
    return state.linkLevel > 0 or _LINK.match(state.src, at, state.posMax) is not None


def _is_end_of_link(state: StateInline, at: int, begin: int) -> bool:
    return state.linkLevel > 0 or _END_OF_LINK.match(state.src, at, state.posMax) is not None


def _is_picture(state: StateInline, at: int, begin: int) -> bool:
    return _LINK.match(state.src, at + 1, state.posMax) is not None


def _is_autolink(state: StateInline, at: int, begin: int) -> bool:
    return _AUTOLINK.match(state.src, at, state.posMax) is not None


def _is_reference(state: StateInline, at: int, begin: int) -> bool:
    return decoded(state.src, at) is not None


def _is_strike(state: StateInline, at: int, begin: int) -> bool:
    """Whether the tilde is in one of two runs; searched in the neighbourhood, so that the cost stays small."""
    near = _STRIKES.findall(state.src, max(at - 500, 0), at + 500)
    return len(near) > 1 and bool(_STRIKES.match(state.src, begin) or "~" in state.src[max(at - 2, 0) : at])


def _is_scheme(state: StateInline, at: int, begin: int) -> bool:
    before = state.src[max(begin - 5, 0) : begin].lower()
    return state.src.startswith("//", at + 1) and before.endswith(("http", "https"))


def _is_mail(state: StateInline, at: int, begin: int) -> bool:
    return state.src[at + 1 : at + 2].isalnum() and state.src[max(begin - 1, 0) : begin].isalnum()


def _is_point(state: StateInline, at: int, begin: int) -> bool:
    www = state.src[max(begin - 3, 0) : begin].lower() == "www"
    return www or _is_after_number(state, at, begin)


def _is_after_number(state: StateInline, at: int, begin: int) -> bool:
    number = _BEFORE_POINT.search(state.src[max(begin - 13, 0) : begin])
    return number is not None and _AFTER_POINT.match(state.src, at) is not None


_CHECKS: dict[str, Callable[[StateInline, int, int], bool]] = {
    "`": _is_code,
    "[": _is_link,
    "]": _is_end_of_link,
    "!": _is_picture,
    "<": _is_autolink,
    "&": _is_reference,
    "~": _is_strike,
    ":": _is_scheme,
    "@": _is_mail,
    ".": _is_point,
    ")": _is_after_number,
}


def begins_block(state: StateInline, begin: int, at: int) -> bool:
    line = state.src[max(begin - 4, 0) : begin].rpartition("\n")
    at_start = not line[2].strip(" ") and (line[1] or begin <= 4)
    return bool(at_start) and _BLOCK.match(state.src, at) is not None
