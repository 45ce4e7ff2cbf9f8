# SPDX-License-Identifier: Apache-2.0
"""Locations of the parts of a document: line and column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cache
from itertools import accumulate
from typing import NamedTuple, TypeAlias

__all__ = ["Locate", "Location", "Path", "line_break", "location_of", "locations_in", "nearest", "nearest_later"]

Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a document to a part of it."""


class Location(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


Locate: TypeAlias = Callable[[Path], Location]
"""A function that finds the location of the part at a path, or of the nearest part above it with a location."""


def line_break(text: str) -> str:
    """The line break that a document uses."""
    return "\r\n" if "\r\n" in text else "\n"


def location_of(text: str, index: int) -> Location:
    """The location of a character by its index."""
    return Location(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def locations_in(text: str) -> Callable[[int], Location]:
    """A function that finds the location of a character by its index; the lines are counted once."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def locate(index: int) -> Location:
        line = bisect_right(starts, index)
        return Location(line, index - starts[line - 1] + 1)

    return locate


def nearest(locations: Mapping[Path, Location]) -> Locate:
    """A `Locate` that looks up known locations."""

    def locate(path: Path) -> Location:
        while path and path not in locations:
            path = path[:-1]
        return locations.get(path, Location(1, 1))

    return locate


def nearest_later(find: Callable[[], Mapping[Path, Location]]) -> Locate:
    """As `nearest`, but *find* is called for the locations when the first one is needed."""
    known = cache(find)

    def locate(path: Path) -> Location:
        return nearest(known())(path)

    return locate
