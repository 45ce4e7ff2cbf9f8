# SPDX-License-Identifier: Apache-2.0
"""TOML: read by the standard library, written and edited by tomlkit (the extra ``toml``), which keeps comments."""

from __future__ import annotations

import re
import sys
from typing import Any, Final

from ...optional import needs
from .tree import Locate, Path, Place, SyntaxProblem, Tree, nearest, place_of, too_deep, wrapped

tomllib: Any = needs("tomllib" if sys.version_info >= (3, 11) else "tomli", "toml")

__all__ = ["edit", "read", "write"]

_NOTHING: Final = "TOML has no null: leave the option out, or list it in omit"
_INSTEAD: Final = {
    "true": "write true",
    "yes": "write true",
    "on": "write true",
    "false": "write false",
    "no": "write false",
    "off": "write false",
    "null": _NOTHING,
    "none": _NOTHING,
    "nil": _NOTHING,
}


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document.

    Raises:
        SyntaxProblem: if it is no TOML, names a key twice, or is nested too deeply.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_problem(text, str(error)) from None
    except RecursionError:
        raise SyntaxProblem(Place(1, 1), "a document that is not nested so deeply") from None
    except ValueError:
        # Python reads no number of thousands of digits.
        raise SyntaxProblem(Place(1, 1), "a document without a number of thousands of digits") from None
    if too_deep(tree):
        raise SyntaxProblem(Place(1, 1), "a document that is not nested so deeply")
    places: dict[Path, Place] = {}

    def locate(path: Path) -> Place:
        if not places:
            places.update(_places(text))
        return nearest(places)(path)

    return tree, locate


def write(tree: Tree) -> str:
    """The document of a tree; what is empty is written, what is None must not be in it."""
    tomlkit = needs("tomlkit", "toml")
    document = tomlkit.document()
    for name, value in tree.items():
        document.add(name, _item(tomlkit, value, top=name == "providers"))
    return str(tomlkit.dumps(document))


def edit(text: str, path: Path, value: Tree) -> str:
    """The document with one value set, or taken out if it is None, everything else left as it is."""
    tomlkit = needs("tomlkit", "toml")
    document = tomlkit.parse(text)
    path, value = wrapped(document, path, value)
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    elif path[-1] not in node and (line := _last_line(text, path[:-1])):
        # tomlkit would write it below the comments that belong to the next table.
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
    """The last line of the table with that header, counted from 1 and without what is only comment; 0 if there is none."""
    table: Path = ()
    last = 0
    statement = ""
    for number, line in enumerate(text.split("\n"), 1):
        statement = f"{statement}\n{line}" if statement else line
        try:
            tree = tomllib.loads(f"{statement}\n")
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            table = list(_paths(tree, ()))[-1]
        if tree and table == path:
            last = number
        statement = ""
    return last


def _item(tomlkit: Any, value: Tree, *, top: bool = False) -> Any:
    """Providers as tables of their own, everything below them inline."""
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
    place = Place(int(found[2]), int(found[3])) if found[2] else place_of(text, len(text))
    # The reader shows the path of a table as Python writes it.
    said = re.sub(r"\((?:'[^']*',? ?)+\)", lambda path: ".".join(re.findall(r"'([^']*)'", path[0])), found[1])
    hint = ""
    if said == "Invalid value":
        line = text.split("\n")[place.line - 1]
        word = re.match(r"\w*", line[place.column - 1 :])
        hint = _INSTEAD.get(word[0].lower() if word else "", "texts are written in quotes")
    elif said == "Cannot overwrite a value":
        hint = "a key stands there twice"
    return SyntaxProblem(place, f"TOML ({said[:1].lower()}{said[1:]})", hint=hint)


def _places(text: str) -> dict[Path, Place]:
    """Where keys stand. Each statement of a document is a document, so the reader itself tells where one ends."""
    places: dict[Path, Place] = {}
    table: Path = ()
    statement = ""
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        statement, start = (f"{statement}\n{line}", start) if statement else (line, number)
        try:
            # A line that ends with a carriage return is one only if the line feed is there too.
            tree = tomllib.loads(f"{statement}\n")
        except tomllib.TOMLDecodeError:
            continue
        first = statement.split("\n", 1)[0]
        place = Place(start, len(first) - len(first.lstrip()) + 1)
        is_header = first.lstrip().startswith("[")
        paths = list(_paths(tree, ()))
        if is_header:
            table = paths[-1] if paths else ()
        for path in paths:
            places.setdefault(path if is_header else table + path, place)
        statement = ""
    return places


def _paths(tree: Tree, path: Path) -> Any:
    if path:
        yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in items:
        yield from _paths(value, (*path, step))
