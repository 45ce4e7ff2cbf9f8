# SPDX-License-Identifier: Apache-2.0
"""Locations of the parts of a document: line and column."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import NamedTuple, TypeAlias

__all__ = ["Locate", "Location", "Path", "location_of", "locations_in", "nearest"]

Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a document to one of its parts."""


class Location(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


Locate: TypeAlias = Callable[[Path], Location]
"""Finds the location of the part at a path, or of the nearest part above it that has one."""


def location_of(text: str, index: int) -> Location:
    """The location of one character."""
    return Location(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def locations_in(text: str) -> Callable[[int], Location]:
    """A function that finds the locations of many characters; it counts the lines once."""
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
