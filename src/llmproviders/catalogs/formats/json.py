# SPDX-License-Identifier: Apache-2.0
"""JSON, by the standard library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ...messages import shown
from .locations import Locate, Location, Path, line_break, location_of, locations_in, nearest_later
from .trees import MAX_DEPTH, TOO_DEEP, SyntaxProblem, Tree, is_too_deep, wrapped

__all__ = ["edit", "read", "write"]


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document.

    Raises:
        SyntaxProblem: if it is not JSON, has a key twice, or is nested too deeply.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _syntax_problem(error) from None
    except RecursionError:
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit") from None
    except _Refused as error:
        raise SyntaxProblem(_refused_location(text), str(error)) from None
    except ValueError:
        # Python does not read a number of thousands of digits.
        raise SyntaxProblem(Location(1, 1), "a document without a number of thousands of digits") from None
    if is_too_deep(tree):
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit")
    return tree, nearest_later(lambda: _locations(text))


def write(tree: Tree) -> str:
    """The document of a tree."""
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def edit(text: str, path: Path, value: Tree) -> str:
    """The document with a new value at a path, or without the value there if it is None; all other characters stay.

    Raises:
        ProviderError: if the path leads through a value that is not an object.
    """
    path, value = wrapped(read(text)[0], path, value)
    values = {each.path: each for each in _values(text)}
    parent = values[path[:-1]]
    members = [each for each in values.values() if each.path and each.path[:-1] == parent.path]
    position = next((index for index, each in enumerate(members) if each.path == path), len(members))
    if value is None:
        return _without_member(text, parent.start, members, position)
    if position < len(members):
        old = members[position]
        return text[: old.start] + _indented(value, text, old.start) + text[old.end :]
    name = json.dumps(path[-1], ensure_ascii=False)
    if not members:
        start = parent.start + 1
        return f"{text[:start]}{name}: {_indented(value, text, parent.start)}{text[start:]}"
    last = members[-1]
    indent, before = _line_before(text, last.start)
    # The new member gets its own line if the last one has its own line.
    is_alone = re.fullmatch(r'"(?:[^"\\]|\\.)*"\s*:\s*', before)
    between = line_break(text) + indent if is_alone else " "
    return f"{text[: last.end]},{between}{name}: {_indented(value, text, last.start)}{text[last.end :]}"


def _locations(text: str) -> dict[Path, Location]:
    """The locations of all values."""
    location = locations_in(text)
    return {value.path: location(value.start) for value in _values(text)}


def _indented(value: Tree, text: str, index: int) -> str:
    """The JSON of a value that starts on the line of a character, indented as that line."""
    indent, _ = _line_before(text, index)
    found = re.search(r"\n([ \t]+)\S", text)
    unit = found[1] if found else None
    return json.dumps(value, indent=unit, ensure_ascii=False, allow_nan=False).replace("\n", line_break(text) + indent)


def _line_before(text: str, index: int) -> tuple[str, str]:
    """The indentation of the line of a character, and the part of the line between the indentation and the character."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    rest = line.lstrip()
    return line.removesuffix(rest), rest


def _without_member(text: str, brace: int, members: list[_Value], position: int) -> str:
    """The document without a member of the object that starts at *brace*, and without its comma."""
    end = members[position].end
    if position:
        return text[: members[position - 1].end] + text[end:]
    after = text.index("," if len(members) > 1 else "}", end)
    return text[: brace + 1] + text[after + (len(members) > 1) :].lstrip(" ")


class _Refused(ValueError):
    """The error for a document that the standard library reads, but this module refuses."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Refused(f"each key once, got {shown(twice)} twice")
    return result


def _no_constant(name: str) -> Any:
    raise _Refused(f"a JSON number, got {name}")


def _syntax_problem(error: json.JSONDecodeError) -> SyntaxProblem:
    reason = error.msg[:1].lower() + error.msg[1:]
    return SyntaxProblem(Location(error.lineno, error.colno), f"JSON ({reason})")


# The standard library does not report the locations of values. This scanner finds them in a document that it accepted.

_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|[^\s"{}\[\],:]+')
"""A string, a bracket, or a word: a number or a constant."""
_CONSTANTS: Final = ("NaN", "Infinity", "-Infinity")


class _Value(NamedTuple):
    """A value in a document, from the index *start* to before *end*."""

    path: Path
    start: int
    end: int
    repeated: int | None = None
    """For an object, the start of the first value whose key is repeated."""


class _Container:
    """An object or array that is being scanned."""

    def __init__(self, path: Path, start: int, *, is_object: bool) -> None:
        self.path = path
        self.start = start
        self.is_object = is_object
        self.keys: set[str] = set()
        self.next: str | int | None = None if is_object else 0
        """The key or index of the next value; None if a key is next."""
        self.repeated: int | None = None


def _values(text: str) -> Iterator[_Value]:
    """The values of a document in the order in which they end.

    Raises:
        SyntaxProblem: if it is nested too deeply, because the paths of deep values are long.
    """
    containers: list[_Container] = []
    for token in _TOKEN.finditer(text):
        start, end, first = token.start(), token.end(), token[0][0]
        inner = containers[-1] if containers else None
        if first in "}]" and inner is not None:
            containers.pop()
            yield _Value(inner.path, inner.start, end, inner.repeated)
            continue
        if inner is None:
            path: Path = ()
        elif inner.next is None:
            inner.next = json.loads(token[0])
            continue
        else:
            path = (*inner.path, inner.next)
            if not inner.is_object:
                inner.next = int(inner.next) + 1
            else:
                key = str(inner.next)
                if key in inner.keys and inner.repeated is None:
                    inner.repeated = start
                inner.keys.add(key)
                inner.next = None
        if first in "{[":
            if len(containers) >= MAX_DEPTH:
                raise SyntaxProblem(location_of(text, start), TOO_DEEP, code="document-limit")
            containers.append(_Container(path, start, is_object=first == "{"))
        else:
            yield _Value(path, start, end)


def _refused_location(text: str) -> Location:
    """The location of the first constant that is not JSON, or of the first value whose key is repeated.

    Raises:
        SyntaxProblem: if the document is not JSON for another reason, or nested too deeply, which is more important.
    """
    try:
        json.loads(text, parse_int=str)
    except json.JSONDecodeError as error:
        raise _syntax_problem(error) from None
    except RecursionError:
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit") from None
    found = (each.start if text[each.start : each.end] in _CONSTANTS else each.repeated for each in _values(text))
    return location_of(text, next(start for start in found if start is not None))
