r"""Backslashes act only where they keep a sign from being markup; elsewhere they are what somebody wrote.

So ``\*not bold\*`` shows stars, and ``\\server\_plans``, ``C:\*`` and ``\d+\.`` show their backslashes. The sign after a
backslash is never markup. Whether it would have been is known at once for most signs (``would_act.py``); for emphasis
once all its stars are known: escaped ones are paired with the others, for this decision alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.balance_pairs import processDelimiters
from markdown_it.rules_inline.state_inline import Delimiter

from chat.text.markup.flanking import flanking
from chat.text.markup.would_act import begins_block, would_act

_RUN = re.compile(r"\\+")
_ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ROWS = {sign: re.compile(rf"(?:\\{re.escape(sign)})+") for sign in "*_"}


class Escaped(Delimiter):
    """A sign of emphasis after a backslash. ``row_end`` is where the escaped signs in a row with it end."""

    row_end = 0


def escape(state: StateInline, silent: bool) -> bool:
    """The rule for backslashes: a whole run of them with the sign that an odd run escapes."""
    run = _RUN.match(state.src, state.pos, state.posMax)
    if not run:
        return False
    count, after = len(run.group()), run.end()
    sign = state.src[after] if after < state.posMax else ""
    escapes = count % 2 == 1 and sign in _ESCAPABLE and sign != ""
    end = after + 1 if escapes else after
    if not silent:
        _write(state, run.group(), sign, after, escapes=escapes)
    state.pos = end
    return True


def _write(state: StateInline, written: str, sign: str, at: int, *, escapes: bool) -> None:
    half = written[: len(written) // 2]
    if sign in _ROWS and sign:
        token = state.push("text_special", "", 0)
        token.content = written + sign if escapes else written
        token.markup = half + sign if escapes else half
        token.info = "backslash"
        if escapes:
            _push_escaped(state, sign, at)
            if begins_block(state, at - len(written), at):
                token.content = token.markup
        return
    acts = sign != "" and sign in _ESCAPABLE and would_act(state, sign, at, at - len(written))
    if not acts:
        state.append_pending(written + sign if escapes else written)
        return
    # A token of its own, so that no address is found across it.
    token = state.push("text_special", "", 0)
    token.content = half + sign if escapes else half


def _push_escaped(state: StateInline, sign: str, at: int) -> None:
    """Remember the sign at ``at`` as if it had no backslash. Escaped signs in a row are one run."""
    last = state.delimiters[-1] if state.delimiters else None
    if isinstance(last, Escaped) and last.marker == ord(sign) and at < last.row_end:
        escaped = Escaped(last.marker, last.length, len(state.tokens) - 1, -1, last.open, last.close)
        escaped.row_end = last.row_end
    else:
        row = _ROWS[sign].match(state.src, at - 1, state.posMax)
        end = row.end() if row else at + 1
        length = (end - at + 1) // 2
        before = state.src[at - 2] if at > 1 else " "
        sides = flanking(before, sign, length, state.src[end : min(end + 2, state.posMax)], sign == "*")
        escaped = Escaped(ord(sign), length, len(state.tokens) - 1, -1, sides.can_open, sides.can_close)
        escaped.row_end = end
    state.delimiters.append(escaped)


def settle_escaped(state: StateInline) -> None:
    """Before the pairs are made: backslashes of stars that would be markup without them act."""
    for delimiters in _all_delimiters(state):
        if not any(isinstance(each, Escaped) for each in delimiters):
            continue
        tried = [replace(each) for each in delimiters]
        processDelimiters(state, tried)
        paired = {n for n, each in enumerate(tried) if each.end >= 0} | {each.end for each in tried}
        for n, each in enumerate(delimiters):
            if isinstance(each, Escaped) and n in paired:
                token = state.tokens[each.token]
                token.content = token.markup
        delimiters[:] = [each for each in delimiters if not isinstance(each, Escaped)]


def settle_even(state: StateInline) -> None:
    """After the pairs are made: of an even run before a star that is markup, half of the backslashes are shown."""
    for delimiters in _all_delimiters(state):
        paired = {each.token for each in delimiters if each.end >= 0}
        paired |= {delimiters[each.end].token for each in delimiters if each.end >= 0}
        for index in paired:
            before = state.tokens[index - 1]  # for the first one the last, which is no backslash
            if before.info == "backslash" and set(before.content) == {"\\"}:
                before.content = before.markup


def _all_delimiters(state: StateInline) -> Iterator[list[Delimiter]]:
    yield state.delimiters
    for meta in state.tokens_meta:
        if meta and "delimiters" in meta:
            yield meta["delimiters"]
