# SPDX-License-Identifier: Apache-2.0
"""Trees: the values that format modules read and write. Limits, syntax errors and changes that all formats share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from ...errors import ProviderError, dotted
from ...syntax.locations import Location
from .locations import Path

__all__ = [
    "ENTRY_DEPTHS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "TOO_DEEP",
    "SyntaxProblem",
    "Tree",
    "by_parent",
    "has_null",
    "has_tree",
    "is_too_deep",
    "renamed",
    "shown_kind",
    "value_at",
    "with_value",
    "with_values",
    "wrapped",
]

Tree: TypeAlias = Any
"""Dicts with `str` keys, lists, and scalars."""

MAX_CHARACTERS: Final = 64 * 1024 * 1024
"""The largest document that is read, in characters."""
ENTRY_DEPTHS: Final[Mapping[Any, int]] = {"providers": 2, "env": 4}
"""The depth of entries, by their top-level key. Tables down to this depth are written on lines of their own."""
MAX_DEPTH: Final = 100
"""The deepest nesting that is read."""
TOO_DEEP: Final = f"at most {MAX_DEPTH} levels of nesting"


class SyntaxProblem(ProviderError, ValueError):
    """The error for a string that is not a document of its format."""

    def __init__(self, location: Location, expected: str, *, hint: str = "", code: str = "syntax-error") -> None:
        self.location = location
        self.code = code
        self.expected = expected
        self.hint = hint
        super().__init__(f"line {location.line}, column {location.column}: expected {expected}")


def shown_kind(value: Tree) -> str:
    """The kind of a value for a message, in words that fit every format."""
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds = {type(None): "null", str: "a string", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    # TOML has dates.
    return kinds.get(type(value), f"a {type(value).__name__}")


def is_too_deep(tree: Tree) -> bool:
    """Whether the nesting is over `MAX_DEPTH`."""
    containers = (dict, list)
    level = [tree] if isinstance(tree, containers) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [
            item for node in level for item in (node.values() if isinstance(node, dict) else node) if isinstance(item, containers)
        ]
    return bool(level)


def has_tree(read: Callable[[str], tuple[Tree, Any]], text: str, tree: Tree) -> bool:
    """Whether *text* is a document that *read* reads as *tree*; the order of keys does not matter."""
    try:
        found = read(text)[0]
    except SyntaxProblem:
        return False
    # Types matter, because 1 == True.
    one, other = (json.dumps(each, sort_keys=True, default=repr) for each in (found, tree))
    return one == other


def has_null(tree: Tree) -> bool:
    """Whether the tree is or contains None."""
    rest = [tree]
    while rest:
        node = rest.pop()
        if node is None:
            return True
        if isinstance(node, (dict, list)):
            rest += node.values() if isinstance(node, dict) else node
    return False


def value_at(tree: Tree, path: Path) -> Tree:
    """The value at a path; None if there is none."""
    for step in path:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def with_value(tree: Tree, path: Path, value: Tree) -> Tree:
    """A copy of *tree* with *value* at *path*, where None removes the value; missing parents are created."""
    if not path:
        return value
    node = dict(tree)
    step, *below = path
    if not below and value is None:
        del node[step]
    else:
        node[step] = with_value(node.get(step, {}) if below else None, tuple(below), value)
    return node


def wrapped(tree: Tree, path: Path, value: Tree) -> tuple[Path, Tree]:
    """The same change with a path whose parent exists: missing parents become part of the value.

    Raises:
        ProviderError: if the path leads through a value that is not a table, or if the value to remove does not exist.
    """
    node = tree
    for depth, step in enumerate(path):
        if not isinstance(node, Mapping):
            msg = f"{dotted(path[:depth])} is not a mapping; edit the file by hand"
            raise ProviderError(msg)
        if step not in node:
            if value is None:
                raise _missing(path)
            for name in reversed(path[depth + 1 :]):
                value = {name: value}
            return path[: depth + 1], value
        node = node[step]
    return path, value


def with_values(tree: Tree, changes: Mapping[Path, Tree]) -> tuple[Tree, dict[Path, Tree]]:
    """A copy of *tree* with values at several paths, None to remove one; and the changes in the form that `wrapped` returns.

    Raises:
        ProviderError: for the same reasons.
    """
    places = [wrapped(tree, path, value)[0] for path, value in changes.items()]
    copies: dict[Path, Any] = {(): dict(tree)}
    for path, value in changes.items():
        node = copies[()]
        for depth, step in enumerate(path[:-1], 1):
            if path[:depth] not in copies:
                copies[path[:depth]] = node[step] = dict(node.get(step, {}))
            node = copies[path[:depth]]
        if value is None:
            del node[path[-1]]
        else:
            node[path[-1]] = value
    return copies[()], {place: value_at(copies[()], place) for place in places}


def by_parent(changes: Iterable[Path]) -> dict[Path, list[Any]]:
    """The last keys of some paths, by the paths of their parents; the deepest come first."""
    found: dict[Path, list[Any]] = {}
    for path in sorted(changes, key=len, reverse=True):
        found.setdefault(path[:-1], []).append(path[-1])
    return found


def renamed(tree: Tree, path: Path, name: str) -> Tree:
    """A copy of *tree* with another name for the last key of *path*.

    Raises:
        ProviderError: if there is no such key, or another key has the name.
    """
    node = parent = tree
    for step in path:
        if not isinstance(node, Mapping) or step not in node:
            raise _missing(path)
        parent, node = node, node[step]
    if name in parent:
        msg = f"{dotted((*path[:-1], name))} is in the file already"
        raise ProviderError(msg)
    return with_value(tree, path[:-1], {name if key == path[-1] else key: value for key, value in parent.items()})


def _missing(path: Path) -> ProviderError:
    return ProviderError(f"{dotted(path)} is not in the file")
