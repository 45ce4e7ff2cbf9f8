# SPDX-License-Identifier: Apache-2.0
"""TOML: read by the standard library, written and edited by tomlkit (the extra ``toml``), which keeps comments."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ...optional import import_optional
from .locations import Locate, Location, Path, location_of, nearest_later
from .trees import TOO_DEEP, SyntaxProblem, Tree, is_too_deep, wrapped

__all__ = ["edit", "read", "write"]

tomllib: Any = import_optional("tomllib" if sys.version_info >= (3, 11) else "tomli", "toml")

_NO_NULL: Final = "TOML has no null: leave the option out, or list it in omit"
_INSTEAD: Final = {
    "true": "write true",
    "yes": "write true",
    "on": "write true",
    "false": "write false",
    "no": "write false",
    "off": "write false",
    "null": _NO_NULL,
    "none": _NO_NULL,
    "nil": _NO_NULL,
}


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document.

    Raises:
        SyntaxProblem: if it is not TOML, has a key twice, or is nested too deeply.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_problem(text, str(error)) from None
    except RecursionError:
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit") from None
    except ValueError:
        # Python does not read a number of thousands of digits.
        raise SyntaxProblem(Location(1, 1), "a document without a number of thousands of digits") from None
    if is_too_deep(tree):
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit")
    return tree, nearest_later(lambda: _locations(text))


def write(tree: Tree) -> str:
    """The document of a tree, which must not contain None."""
    tomlkit = import_optional("tomlkit", "toml")
    document = tomlkit.document()
    for name, value in tree.items():
        document.add(name, _item(tomlkit, value, top=name == "providers"))
    return str(tomlkit.dumps(document))


def edit(text: str, path: Path, value: Tree) -> str:
    """The document with a new value at a path, or without the value there if it is None; all other characters stay.

    Raises:
        ProviderError: if the path leads through a value that is not a table.
    """
    tomlkit = import_optional("tomlkit", "toml")
    document = tomlkit.parse(text)
    path, value = wrapped(document, path, value)
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    elif path[-1] not in node and (line := _last_line(text, path[:-1])):
        # tomlkit would write it below the comments of the next table.
        lines = text.split("\n")
        if line == len(lines):
            lines.append("")
        lines.insert(line, str(tomlkit.dumps({path[-1]: _item(tomlkit, value)})).removesuffix("\n"))
        if "\r\n" in text:
            lines[line - 1 : line + 1] = [f"{each.rstrip()}\r" for each in lines[line - 1 : line + 1]]
        return "\n".join(lines)
    else:
        node[path[-1]] = _item(tomlkit, value)
    return str(tomlkit.dumps(document))


def _last_line(text: str, path: Path) -> int:
    """The last line with a statement of a table, counted from 1; 0 if the table has no header."""
    return max((each.last for each in _statements(text) if each.paths and each.table == path), default=0)


def _item(tomlkit: Any, value: Tree, *, top: bool = False) -> Any:
    """A value for tomlkit: providers are tables with headers, and all tables in them are inline."""
    if not isinstance(value, dict):
        if isinstance(value, str) and "\n" in value and "\r" not in value:
            return tomlkit.string(value, multiline=True)
        if isinstance(value, list):
            array = tomlkit.array()
            for each in value:
                array.append(_item(tomlkit, each))
            return array
        return tomlkit.item(value)
    if not top:
        inline = tomlkit.inline_table()
        inline.update({name: _item(tomlkit, each) for name, each in value.items()})
        return inline
    table = tomlkit.table(is_super_table=bool(value))
    for name, entry in value.items():
        body = tomlkit.table()
        for key, each in entry.items():
            body.add(key, _item(tomlkit, each))
        table.add(name, body)
    return table


def _syntax_problem(text: str, message: str) -> SyntaxProblem:
    found = re.fullmatch(r"(.*?)(?: \(at (?:line (\d+), column (\d+)|end of document)\))?", message, re.DOTALL)
    assert found is not None
    location = Location(int(found[2]), int(found[3])) if found[2] else location_of(text, len(text))
    # The parser shows the path of a table as a Python tuple.
    reason = re.sub(r"\((?:'[^']*',? ?)+\)", lambda path: ".".join(re.findall(r"'([^']*)'", path[0])), found[1])
    hint = ""
    if reason == "Invalid value":
        line = text.split("\n")[location.line - 1]
        word = re.match(r"\w*", line[location.column - 1 :])
        hint = _INSTEAD.get(word[0].lower() if word else "", "write strings in quotes")
    elif reason == "Cannot overwrite a value":
        hint = "the key is given twice"
    return SyntaxProblem(location, f"TOML ({reason[:1].lower()}{reason[1:]})", hint=hint)


def _locations(text: str) -> dict[Path, Location]:
    """The locations of all keys."""
    locations: dict[Path, Location] = {}
    for statement in _statements(text):
        for path in statement.paths:
            locations.setdefault(path, statement.start)
    return locations


class _Statement(NamedTuple):
    """A header, or a key with its value."""

    start: Location
    last: int
    """Its last line, counted from 1."""
    table: Path
    """The table that the statement belongs to; for a header, the table that it opens."""
    paths: list[Path]
    """The paths of all values in it, from the top of the document."""


def _statements(text: str) -> Iterator[_Statement]:
    """The statements of a document. Each of them is a document, so that the parser finds where it ends."""
    table: Path = ()
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        lines.append(line)
        try:
            # The parser accepts a carriage return only before a line feed.
            tree = tomllib.loads("\n".join([*lines, ""]))
        except tomllib.TOMLDecodeError:
            continue
        indent = len(lines[0]) - len(lines[0].lstrip())
        paths = list(_paths(tree, ()))
        if lines[0].lstrip().startswith("["):
            table = paths[-1]
        else:
            paths = [table + path for path in paths]
        yield _Statement(Location(number - len(lines) + 1, indent + 1), number, table, paths)
        lines = []


def _paths(tree: Tree, path: Path) -> Iterator[Path]:
    """The paths of all values below *path*."""
    if path:
        yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in items:
        yield from _paths(value, (*path, step))
