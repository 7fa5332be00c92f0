"""What browsers are sent of our scripts and style sheets: no comments, no indentation, one file for all modules of a page.

This is done once, when a release's static files are collected: there is nothing to build while one writes. Our scripts are
written so that it takes a few regular expressions: no text of several lines, and each import and export begins a line.
"""

import posixpath
import re
from collections.abc import Callable

_CSS_COMMENT = re.compile(r"/\*(?:(?!\*/).)*\*/", re.DOTALL)
_JS_BLOCK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
_JS_LINE = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_JS_END_OF_LINE = re.compile(
    r"(?<=[;,{}()\[\]]) //[^\"'`\n]*$", re.MULTILINE
)  # one with quotes may be text, and stays
_INDENTATION = re.compile(r"^\s+", re.MULTILINE)

_FROM = re.compile(
    r'^(?P<word>import|export) (?:(?P<names>\{[^}]*\}|\* as \w+) from )?"(?P<path>\.[^"]+)";\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?P<kind>(?:async )?function\*?|class|const|let) (?P<name>\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*|\bimport\(.*|\bimport\.meta.*", re.MULTILINE)

type Read = Callable[[str], str]


def lean_css(text: str) -> str:
    return _INDENTATION.sub("", _CSS_COMMENT.sub("", text))


def lean_js(text: str) -> str:
    for useless in (_JS_BLOCK, _JS_LINE, _JS_END_OF_LINE, _INDENTATION):
        text = useless.sub("", text)
    return text


def imported(name: str, text: str) -> list[str]:
    """The names of the modules that this one imports, in order."""
    return [_beside(name, match["path"]) for match in _FROM.finditer(text)]


def modules(entry: str, read: Read) -> list[str]:
    """A module and all that it imports, each after what it imports itself: the order in which browsers run them.

    Raises ValueError if modules import each other in a circle.
    """
    found: list[str] = []
    open_: list[str] = []

    def visit(name: str) -> None:
        if name in found:
            return
        if name in open_:
            raise ValueError(f"{name} imports itself, through {open_[-1]}")
        open_.append(name)
        for other in imported(name, read(name)):
            visit(other)
        found.append(open_.pop())

    visit(entry)
    return found


def join(entry: str, read: Read) -> str:
    """One module that does what ``entry`` and all that it imports do. ``read`` returns a module's text, without comments.

    Each becomes a function that is called once and returns what it exports. Raises ValueError for what this can't do.
    """
    order = modules(entry, read)
    names = {name: f"${number}" for number, name in enumerate(order)}
    changing = {
        (name, match["name"])
        for name in order
        for match in _EXPORT.finditer(read(name))
        if match["kind"] == "let"
    }
    variables = [variable for _, variable in sorted(changing)]
    if len(set(variables)) < len(variables):
        raise ValueError(f"two modules export a variable of the same name: {variables}")
    parts = [f"let {', '.join(variables)};\n"] if variables else []
    for name in order:
        parts.append(_as_function(name, read(name), names, changing))
    return "".join(parts)


def _as_function(name: str, text: str, names: dict[str, str], changing: set[tuple[str, str]]) -> str:
    """What changes after it was exported (``export let``) is a variable beside the functions, which importers see change."""
    exports: dict[str, str] = {}

    def other_module(match: re.Match[str]) -> str:
        there = _beside(name, match["path"])
        if match["names"] is None:
            return ""
        if match["names"].startswith("*"):
            return f"const {match['names'].removeprefix('* as ')} = {names[there]};\n"
        wanted = [each.strip() for each in match["names"].strip("{} ").split(",") if each.strip()]
        renamed = {old: new or old for old, _, new in (each.partition(" as ") for each in wanted)}
        if any(
            (there, old) in changing and (new != old or match["word"] == "export")
            for old, new in renamed.items()
        ):
            raise ValueError(f"{name} hands on, or gives another name to, what changes in {there}")
        if match["word"] == "export":
            exports.update({new: f"{new}: {names[there]}.{old}" for old, new in renamed.items()})
            return ""
        taken = [each.replace(" as ", ": ") for each in wanted if (there, each) not in changing]
        return f"const {{ {', '.join(taken)} }} = {names[there]};\n" if taken else ""

    def export(match: re.Match[str]) -> str:
        own = match["name"]
        if match["kind"] == "let":
            exports[own] = f"get {own}() {{ return {own}; }}"
            return own
        exports[own] = own
        return f"{match['kind']} {own}"

    body = _EXPORT.sub(export, _FROM.sub(other_module, text))
    if left := _LEFT.search(body):
        raise ValueError(f"{name}: can't be joined with others: {left[0]}")
    if not exports:
        return f"(() => {{\n{body}}})();\n"
    return f"const {names[name]} = (() => {{\n{body}return {{ {', '.join(exports.values())} }};\n}})();\n"


def _beside(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
