"""Fenced code blocks: a language label and syntax colours."""

import re
from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import Comment, Generic, Keyword, Name, Number, String, _TokenType

# Characters coloured per message; further code is shown plain. Limits the time and the size of the output.
MAX_COLOURED = 3000
# The patterns of C, C++ and Java match white space within white space, so a long run of it is slow.
_VOID = re.compile(r"\s{120}")

# What can be the name of a language, though not one of ours: no sentence, and no code.
_LABEL = re.compile(r"[\w.+#/-]{1,30}")

# Pygments knows 500 languages, and the patterns of some take seconds or minutes on hostile lines
# (CVE-2022-40896; of the well-known ones C# and Makefile). These are languages people paste; the tests run
# each against hostile lines.
LANGUAGES = frozenset((
    "Bash", "Bash Session", "Batchfile", "C", "C++", "CSS", "Dart", "Diff", "Django/Jinja", "Docker", "Go",
    "GraphQL", "HTML", "HTML+Django/Jinja", "HTTP", "INI", "Java", "JavaScript", "JSON", "Kotlin", "Lua",
    "Markdown", "Nginx configuration file", "PHP", "PostgreSQL SQL dialect", "PowerShell", "Python",
    "Python console session", "Ruby", "Rust", "SCSS", "SQL", "Swift", "TOML", "TypeScript", "XML", "YAML",
))  # fmt: skip

# Pygments' short names, but only those the style sheet has a colour for: other spans would only add weight.
_CLASS_OF: dict[_TokenType, str] = {
    Comment: "c1",
    Keyword: "k",
    Keyword.Constant: "kc",
    Name.Tag: "k",
    Name.Attribute: "nb",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Decorator: "nd",
    Name.Function: "nf",
    Number: "mi",
    String: "s",
    String.Doc: "sd",
    Generic.Deleted: "gd",
    Generic.Inserted: "gi",
    Generic.Prompt: "c1",
}
CLASSES = frozenset(_CLASS_OF.values())


@cache
def _names() -> dict[str, str]:
    """Language tags after the fence, in lower case -> the language's name."""
    known = {}
    for name, aliases, _, _ in get_all_lexers(plugins=False):
        if name in LANGUAGES:
            known.update(dict.fromkeys((name.lower(), *aliases), name))
    return known


@cache
def _lexer(name: str) -> Lexer:
    found = find_lexer_class(name)
    if found is None:
        raise LookupError(name)
    return found(stripnl=False, ensurenl=False)


def _class_of(token: _TokenType) -> str | None:
    kind: _TokenType | None = token
    while kind is not None:
        if kind in _CLASS_OF:
            return _CLASS_OF[kind]
        kind = kind.parent
    return None


def _coloured(code: str, lexer: Lexer) -> str:
    runs: list[tuple[str | None, list[str]]] = []
    for token, text in lexer.get_tokens(code):
        kind = _class_of(token)
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(text)
        else:
            runs.append((kind, [text]))
    pieces = [(kind, "".join(texts)) for kind, texts in runs]
    # Some lexers drop what they don't expect, such as a session's first line without a prompt.
    if "".join(text for _, text in pieces) != code:
        return escape(code, quote=False)
    escaped = ((kind, escape(text, quote=False)) for kind, text in pieces)
    return "".join(f'<span class="{kind}">{text}</span>' if kind else text for kind, text in escaped)


def split_info(info: str, code: str) -> tuple[str, str]:
    """The label and the code of a block with this text after its opening fence.

    The first word is the label if it is a known language, or the only word, with code below it. Whatever else stands
    there is the first line of the code: people write it there, and nothing they write disappears.
    """
    word, _, rest = info.strip().replace("\t", " ").partition(" ")
    if word.lower() in _names():
        return word, f"{rest.strip()}\n{code}" if rest.strip() else code
    if not rest and code.strip() and _LABEL.fullmatch(word):
        return word, code
    return "", f"{info.strip()}\n{code}" if word else code


def render_code(code: str, label: str, coloured: int = 0) -> tuple[str, int]:
    """Render a code block; ``label`` is what ``split_info`` found, empty for none.

    `coloured` is the number of characters coloured so far in the message; the new number is returned.
    """
    name = _names().get(label.lower())
    code = code.removesuffix("\n")
    if name and coloured + len(code) <= MAX_COLOURED and not _VOID.search(code):
        inner, coloured = _coloured(code, _lexer(name)), coloured + len(code)
    else:
        inner = escape(code, quote=False)
    shown = escape(name or label, quote=False)
    bar = f'<div class="code__bar"><span>{shown}</span></div>' if shown else ""
    return f'<div class="code">{bar}<pre dir="ltr" tabindex="0"><code>{inner}</code></pre></div>\n', coloured
