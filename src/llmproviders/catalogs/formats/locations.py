# SPDX-License-Identifier: Apache-2.0
"""Parts of a document, and where they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import attrs

from ...syntax.locations import Location, locations_in

__all__ = ["Locate", "Part", "Path", "locator", "part_at"]

Path: TypeAlias = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a document to a part of it."""


Locate: TypeAlias = Callable[[Path], Location]
"""A function that finds the location of the part at a path, or of the nearest part above it with a location."""


@attrs.define(eq=False, weakref_slot=False)
class Part:
    """A part of a document."""

    start: int
    """The index of the character at its location."""
    parts: Any = attrs.field(factory=dict, init=False)
    """The dict or list of the parts in it. A part without parts may be an `int`: its start."""


def part_at(whole: Any, path: Path) -> Any:
    """The part at a path; None if there is none."""
    for step in path:
        whole = whole.parts.get(step) if isinstance(whole, Part) and isinstance(whole.parts, dict) else None
    return whole


def locator(text: str, find: Callable[[], Part]) -> Locate:
    """A function that finds locations in a document.

    Args:
        text: the document.
        find: a function that finds the whole document as a part; it is called when the first location is needed.
    """
    whole = cache(find)
    location = cache(lambda: locations_in(text))

    def locate(path: Path) -> Location:
        part: Part | int = whole()
        for step in path:
            try:
                part = part.parts[step]  # type: ignore[union-attr]
            except (LookupError, TypeError, AttributeError):
                break
        return location()(part if isinstance(part, int) else part.start)

    return locate
