# SPDX-License-Identifier: Apache-2.0
"""JSON, by the standard library."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from json.decoder import JSONArray, JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any, NamedTuple

from ...messages import shown
from .tree import Locate, Path, Place, SyntaxProblem, Tree, place_of, too_deep, wrapped

__all__ = ["edit", "read", "write"]


def read(text: str) -> tuple[Tree, Locate]:
    """The tree of a document.

    Raises:
        SyntaxProblem: if it is no JSON, names a key twice, or is nested too deeply.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _syntax_problem(error) from None
    except RecursionError:
        raise SyntaxProblem(Place(1, 1), "a document that is not nested so deeply") from None
    except _Unfit as error:
        raise SyntaxProblem(_place_of_unfit(text), str(error)) from None
    except ValueError:
        # Python reads no number of thousands of digits.
        raise SyntaxProblem(Place(1, 1), "a document without a number of thousands of digits") from None
    if too_deep(tree):
        raise SyntaxProblem(Place(1, 1), "a document that is not nested so deeply")
    return tree, lambda path: _locate(text, path)


def write(tree: Tree) -> str:
    """The document of a tree."""
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def edit(text: str, path: Path, value: Tree) -> str:
    """The document with one value set, or taken out if it is None, everything else left as it is."""
    path, value = wrapped(read(text)[0], path, value)
    locator = _Locator()
    node: _At = locator.decode(text)
    for step in path[:-1]:
        node = dict(node.value)[step]
    members = [(name, at.start, locator.scan_once(text, at.start)[1]) for name, at in node.value]
    position = next((index for index, (name, _, _) in enumerate(members) if name == path[-1]), len(members))
    if value is None:
        return _without_member(text, node.start, members, position)
    if position < len(members):
        _, start, end = members[position]
        return text[:start] + _indented(value, text, start) + text[end:]
    name = json.dumps(path[-1], ensure_ascii=False)
    if not members:
        return f"{text[: node.start + 1]}{name}: {_indented(value, text, node.start)}{text[node.start + 1 :]}"
    _, start, end = members[-1]
    line = text[text.rfind("\n", 0, start) + 1 : start]
    indent = line[: len(line) - len(line.lstrip())]
    # On a line of its own if the last one is.
    alone = re.fullmatch(r'"(?:[^"\\]|\\.)*"\s*:\s*', line.lstrip())
    between = _line_break(text) + indent if alone else " "
    return f"{text[:end]},{between}{name}: {_indented(value, text, start)}{text[end:]}"


def _indented(value: Tree, text: str, index: int) -> str:
    """The text of a value that begins on the line of a character."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    indent = line[: len(line) - len(line.lstrip())]
    found = re.search(r"\n([ \t]+)\S", text)
    unit = found[1] if found else None
    return json.dumps(value, indent=unit, ensure_ascii=False, allow_nan=False).replace("\n", _line_break(text) + indent)


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _without_member(text: str, brace: int, members: list[tuple[str, int, int]], position: int) -> str:
    """The text without a member of the object that begins at *brace*, and without a comma too many."""
    end = members[position][2]
    if position:
        return text[: members[position - 1][2]] + text[end:]
    after = text.index("," if len(members) > 1 else "}", end)
    return text[: brace + 1] + text[after + (len(members) > 1) :].lstrip(" ")


class _Unfit(ValueError):
    """A document that the standard library would read and we do not."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Unfit(f"each key once, got {shown(twice)} twice")
    return result


def _no_constant(name: str) -> Any:
    raise _Unfit(f"a number that JSON knows, got {name}")


# Where things stand is asked for only when something is wrong: then the document is read again, by the standard
# library's decoder in Python, whose scanner tells where each value starts.


class _At(NamedTuple):
    value: Any
    start: int


class _Locator(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(object_pairs_hook=list)
        self.parse_object = lambda at, strict, scan, *rest: JSONObject(at, strict, _noting(scan), *rest)
        self.parse_array = lambda at, scan, *rest: JSONArray(at, _noting(scan), *rest)
        self.scan_once = _noting(py_make_scanner(self))


def _noting(scan: Callable[[str, int], tuple[Any, int]]) -> Callable[[str, int], tuple[_At, int]]:
    def scan_once(text: str, index: int) -> tuple[_At, int]:
        value, end = scan(text, index)
        return _At(value, index), end

    return scan_once


def _locate(text: str, path: Path) -> Place:
    at: _At = _Locator().decode(text)
    for step in path:
        items = dict(at.value) if isinstance(step, str) and at.value and isinstance(at.value[0], tuple) else at.value
        try:
            at = items[step]
        except (KeyError, IndexError, TypeError):
            break
    return place_of(text, at.start)


def _place_of_unfit(text: str) -> Place:
    try:
        return place_of(text, next(_unfit(_Locator().decode(text))))
    except RecursionError:
        return Place(1, 1)
    except json.JSONDecodeError as error:
        # Further on it is not even JSON, which comes first.
        raise _syntax_problem(error) from None


def _syntax_problem(error: json.JSONDecodeError) -> SyntaxProblem:
    what = error.msg[:1].lower() + error.msg[1:]
    return SyntaxProblem(Place(error.lineno, error.colno), f"JSON ({what})")


def _unfit(node: _At) -> Iterator[int]:
    """Where numbers stand that are none, and values whose key is there twice."""
    if isinstance(node.value, float) and not math.isfinite(node.value):
        yield node.start
    if isinstance(node.value, list):
        seen = set()
        for item in node.value:
            name, at = (None, item) if isinstance(item, _At) else item
            if name is not None and name in seen:
                yield at.start
            seen.add(name)
            yield from _unfit(at)
