# SPDX-License-Identifier: Apache-2.0
"""JSON, by the standard library."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import attrs

from ...messages import shown
from ...syntax.locations import Location, location_of
from .lines import TextEdit, apply_edits, line_start, with_breaks, with_end_of
from .locations import Locate, Part, Path, locator, part_at
from .trees import MAX_DEPTH, TOO_DEEP, SyntaxProblem, Tree, by_parent, is_too_deep, renamed, with_values

__all__ = ["edit", "read", "rename", "write"]


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
        # Python refuses numbers with thousands of digits.
        raise SyntaxProblem(Location(1, 1), "a document without a number of thousands of digits") from None
    if is_too_deep(tree):
        raise SyntaxProblem(Location(1, 1), TOO_DEEP, code="document-limit")
    return tree, locator(text, lambda: _whole(text))


def write(tree: Tree) -> str:
    """The document of a tree."""
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def edit(text: str, changes: Mapping[Path, Tree]) -> str:
    """The document with new values by path, where None removes a value; all other characters are kept.

    Raises:
        ProviderError: if a path leads through a value that is not an object, or if a value to remove does not exist.
    """
    _, changes = with_values(read(text)[0], changes)
    whole = _whole(text)
    edits: list[TextEdit] = []
    for path, names in by_parent(path for path, value in changes.items() if value is not None).items():
        parent = part_at(whole, path)
        values = {name: changes[(*path, name)] for name in names}
        old = [(name, parent.parts[name]) for name in names if name in parent.parts]
        edits += [(each.start, each.end, _indented(values.pop(name), text, each.start)) for name, each in old]
        if values:
            edits.append(_added(text, parent, values))
    new = apply_edits(text, with_breaks(edits, text))
    if removed := by_parent(path for path, value in changes.items() if value is None):
        whole = _whole(new)
        new = apply_edits(new, [each for path, names in removed.items() for each in _removed(new, part_at(whole, path), names)])
    return with_end_of(text, new)


def rename(text: str, path: Path, name: str) -> str:
    """The document with another name for the last key of a path; all other characters are kept.

    Raises:
        ProviderError: if there is no such key, or another key has the name.
    """
    renamed(read(text)[0], path, name)
    value = _whole(text)
    for step in path:
        value = value.parts[step]
    key = _TOKEN.match(text, value.key)
    assert key is not None
    return text[: key.start()] + json.dumps(name, ensure_ascii=False) + text[key.end() :]


def _whole(text: str) -> _Value:
    """The value that is the whole document."""
    *_, whole = _values(text)
    return whole


def _indented(value: Tree, text: str, index: int) -> str:
    """The JSON of a value, indented like the line of the character at *index*."""
    return _dumped(value, _unit(text), "\n" + _line_before(text, index)[0])


def _dumped(value: Tree, unit: str | None, between: str) -> str:
    """The JSON of a value, indented by *unit*, with *between* in place of line breaks."""
    return json.dumps(value, indent=unit, ensure_ascii=False, allow_nan=False).replace("\n", between)


def _unit(text: str) -> str | None:
    """The indentation of one level; None for a document on one line."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else None


def _line_before(text: str, index: int) -> tuple[str, str]:
    """The indentation of the line of a character, and the part of the line between the indentation and the character."""
    line = text[line_start(text, index) : index]
    rest = line.lstrip()
    return line.removesuffix(rest), rest


def _added(text: str, parent: _Value, members: Mapping[Any, Tree]) -> TextEdit:
    """The edit that adds members to an object, below the last one or after it."""
    last = [*parent.parts.values()][-1] if parent.parts else parent
    unit, (indent, before) = _unit(text), _line_before(text, last.start)
    outer = "\n" + indent
    written = [f"{json.dumps(name, ensure_ascii=False)}: {_dumped(value, unit, outer)}" for name, value in members.items()]
    if parent.parts:
        # A new member gets its own line if the last one has its own line.
        between = outer if re.fullmatch(r'"(?:[^"\\]|\\.)*"\s*:\s*', before) else " "
        return last.end, last.end, "".join(f",{between}{member}" for member in written)
    if unit is None:
        return parent.start, parent.end, f"{{{', '.join(written)}}}"
    inner = outer + unit
    lines = f",{inner}".join(member.replace(outer, inner) for member in written)
    return parent.start, parent.end, f"{{{inner}{lines}{outer}}}"


def _removed(text: str, parent: _Value, names: Collection[str]) -> Iterator[TextEdit]:
    """The edits that remove members of an object, each with a comma."""
    gone = set(names)
    first = True
    start = parent.start + 1
    for name, member in parent.parts.items():
        if name not in gone:
            first = False
        elif first:
            # The comma below is removed too.
            after = re.compile(r"\s*(?:, *)?").match(text, member.end)
            assert after is not None
            yield start, after.end(), ""
        else:
            yield start, member.end, ""
        start = member.end


class _Refused(ValueError):
    """The error for a document that the standard library accepts, but this module refuses."""


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


@attrs.define(eq=False, weakref_slot=False)
class _Value(Part):
    """A value in a document, from the index *start* to before *end*."""

    end: int
    key: int
    """The start of its key; for a value without a key, that of the value."""
    is_object: bool
    repeated: int | None = attrs.field(default=None, init=False)
    """For an object, the start of the first value whose key is repeated."""


def _values(text: str) -> Iterator[_Value]:
    """The values of a document in the order in which they end.

    Raises:
        SyntaxProblem: if it is nested too deeply.
    """
    containers: list[_Value] = []
    key: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        inner = containers[-1] if containers else None
        if first in "}]" and inner is not None:
            inner.end = token.end()
            yield containers.pop()
            continue
        if inner is not None and inner.is_object and key is None:
            key = token
            continue
        value = _Value(token.start(), token.end(), (key or token).start(), is_object=first == "{")
        if inner is not None:
            step = json.loads(key[0]) if key else len(inner.parts)
            if step in inner.parts and inner.repeated is None:
                inner.repeated = value.start
            inner.parts[step] = value
        key = None
        if first not in "{[":
            value.parts = None
            yield value
        elif len(containers) >= MAX_DEPTH:
            raise SyntaxProblem(location_of(text, value.start), TOO_DEEP, code="document-limit")
        else:
            containers.append(value)


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
