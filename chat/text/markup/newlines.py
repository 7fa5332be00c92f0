"""Line ends within a paragraph: each is shown, and the indentation of the next line stays."""

from markdown_it.rules_inline import StateInline


def newline(state: StateInline, silent: bool) -> bool:
    """The rule for line ends. Pasted lines keep their tabs and spaces; a single space is nobody's indentation."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("softbreak", "br", 0)
    begin = end = state.pos + 1
    while end < state.posMax and state.src[end] in " \t":
        end += 1
    kept = end < state.posMax and ("\t" in state.src[begin:end] or end - begin > 1)
    state.pos = begin if kept else end
    return True
