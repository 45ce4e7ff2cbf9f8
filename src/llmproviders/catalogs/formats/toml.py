# SPDX-License-Identifier: Apache-2.0
"""TOML, read by the standard library and written by tomlkit (the extra ``toml``); edits keep all other characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ...errors import ProviderError, dotted
from ...messages import names_of
from ...optional import import_optional
from ...syntax.locations import Location, location_of
from .lines import with_end_of
from .locations import Locate, Path, locator
from .toml_scanning import has_long_key, scan, tomllib
from .toml_splicing import spliced, with_key
from .trees import TOO_DEEP, SyntaxProblem, Tree, has_tree, is_too_deep, renamed, with_values

__all__ = ["edit", "read", "rename", "write"]

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
    if has_long_key(text):
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit")
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_problem(text, str(error)) from None
    except RecursionError:
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit") from None
    except ValueError:
        # Python refuses numbers with thousands of digits.
        raise SyntaxProblem(Location(1, 1), "a document without a number of thousands of digits") from None
    if is_too_deep(tree):
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit")
    return tree, locator(text, lambda: scan(text)[0])


def write(tree: Tree) -> str:
    """The document of a tree, which must not contain None: each provider is a table with a header."""
    blocks = ["".join(_lines({name: value for name, value in tree.items() if name not in ("providers", "env")}))]
    blocks += _tables("providers", tree.get("providers"))
    for name, table in tree.get("env", {}).items():
        header = f"env.{_key(name)}"
        if own := {key: value for key, value in table.items() if key != "providers"}:
            blocks.append(f"[{header}]\n{''.join(_lines(own))}")
        blocks += _tables(f"{header}.providers", table.get("providers"))
    return "\n".join(filter(None, blocks))


def _tables(header: str, entries: Mapping[str, Tree] | None) -> list[str]:
    """A table with a header for each entry."""
    if entries is None:
        return []
    tables = [f"[{header}.{_key(name)}]\n{''.join(_lines(entry))}" for name, entry in entries.items()]
    return tables or [f"[{header}]\n"]


def edit(text: str, changes: Mapping[Path, Tree]) -> str:
    """The document with new values by path, where None removes a value; all other characters are kept.

    A new entry becomes a table with a header. A table is removed with the comments directly above it.

    Raises:
        ProviderError: if a path leads through a value that is not a table, if a value to remove does not exist, or if the
            document cannot be edited without other changes.
    """
    tree, changes = with_values(read(text)[0], changes)
    new = with_end_of(text, spliced(text, changes, _value, write))
    return _checked(new, tree, changes)


def rename(text: str, path: Path, name: str) -> str:
    """The document with another name for the last key of a path, at each place where that key is written; all else is kept.

    Raises:
        ProviderError: if there is no such key, another key has the name, or the document cannot be edited without other changes.
    """
    tree = renamed(read(text)[0], path, name)
    return _checked(with_key(text, path, name), tree, [path])


def _checked(new: str, tree: Tree, paths: Iterable[Path]) -> str:
    """Return the edited document if its tree is *tree*; else raise an error."""
    if has_tree(read, new, tree):
        return new
    msg = f"{names_of(map(dotted, paths))} cannot be edited without other changes; edit the file by hand"
    raise ProviderError(msg)


def _lines(table: Mapping[str, Tree]) -> Iterator[str]:
    for name, value in table.items():
        yield f"{_key(name)} = {_value(value)}\n"


# Tables and arrays of tomlkit take quadratic time.


def _value(value: Tree) -> str:
    """The TOML of a value on the right of an equals sign; tables in it are inline."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(name)} = {_value(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    tomlkit = import_optional("tomlkit", "toml")
    is_multiline = isinstance(value, str) and "\n" in value and "\r" not in value
    return str((tomlkit.string(value, multiline=True) if is_multiline else tomlkit.item(value)).as_string())


def _key(name: str) -> str:
    return str(import_optional("tomlkit", "toml").key(name).as_string())


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
