# SPDX-License-Identifier: Apache-2.0
"""What the format modules give and take: a plain tree, and where in the text its parts stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from ...errors import ProviderError

__all__ = ["MAX_CHARACTERS", "MAX_DEPTH", "Locate", "Place", "SyntaxProblem", "Tree", "changed", "too_deep"]

Tree: TypeAlias = Any
"""Dicts with `str` keys, lists, and scalars."""

Path: TypeAlias = tuple[str | int, ...]

MAX_CHARACTERS: Final = 64 * 1024 * 1024
"""The largest document that is read."""
MAX_DEPTH: Final = 100
"""The deepest nesting that is read."""


class Place(NamedTuple):
    """Where something stands, both counted from 1."""

    line: int
    column: int


Locate: TypeAlias = Callable[[Path], Place]
"""Where the part of a document at a path stands; the nearest part above it if it has no place of its own."""


class SyntaxProblem(ProviderError, ValueError):
    """A text that is no document of its format."""

    def __init__(self, place: Place, expected: str, *, hint: str = "") -> None:
        self.place = place
        self.expected = expected
        self.hint = hint
        super().__init__(f"line {place.line}, column {place.column}: expected {expected}")


def too_deep(tree: Tree) -> bool:
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


def changed(tree: Tree, path: Path, value: Tree) -> Tree:
    """*tree* with *value* at *path*, or without what is there if it is None; what it leads through may be missing."""
    if not path:
        return value
    node = dict(tree)
    step, *below = path
    if not below and value is None:
        del node[step]
    else:
        node[step] = changed(node.get(step, {}) if below else None, tuple(below), value)
    return node


def wrapped(tree: Tree, path: Path, value: Tree) -> tuple[Path, Tree]:
    """The same change with a path whose parent is there: what is missing between becomes part of the value.

    Raises:
        ProviderError: if the path leads through something that holds no keys.
    """
    node = tree
    for depth, step in enumerate(path):
        if not isinstance(node, Mapping):
            msg = f"{'.'.join(map(str, path[:depth]))} is no table; edit the file by hand"
            raise ProviderError(msg)
        if step not in node:
            for name in reversed(path[depth + 1 :]):
                value = {name: value}
            return path[: depth + 1], value
        node = node[step]
    return path, value


def place_of(text: str, index: int) -> Place:
    """The place of a character."""
    line = text.count("\n", 0, index)
    return Place(line + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def nearest(places: dict[Path, Place]) -> Locate:
    """A `Locate` over known places."""

    def locate(path: Path) -> Place:
        while path and path not in places:
            path = path[:-1]
        return places.get(path, Place(1, 1))

    return locate
