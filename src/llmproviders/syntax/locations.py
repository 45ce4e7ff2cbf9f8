# SPDX-License-Identifier: Apache-2.0
"""Locations of characters in a string: line and column, both counted from 1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Location", "location_of", "locations_in"]


class Location(NamedTuple):
    """A line and a column."""

    line: int
    column: int


def location_of(string: str, index: int) -> Location:
    """The location of a character by its index."""
    return Location(string.count("\n", 0, index) + 1, index - string.rfind("\n", 0, index))


def locations_in(string: str) -> Callable[[int], Location]:
    """A function that finds the location of a character by its index; the lines are counted once."""
    starts = [0, *accumulate(len(line) + 1 for line in string.split("\n"))]

    def locate(index: int) -> Location:
        line = bisect_right(starts, index)
        return Location(line, index - starts[line - 1] + 1)

    return locate
