# SPDX-License-Identifier: Apache-2.0
"""Corrections of misspelled names, hints with them, and patterns of names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from typing import Final

__all__ = ["MAX_NAME", "SimilarNames", "closest", "did_you_mean", "fold", "matching"]

MAX_NAME: Final = 200
"""The greatest length of a name that is compared to others; the time grows with the product of both lengths."""
MAX_COMPARED: Final = 250_000
"""The most pairs of characters that `SimilarNames` compares; after that, it uses only its index."""
_ENDS: Final = 12
"""The number of characters at each end of a name where the index finds a mistake."""
_POSITION_BITS: Final = 24
"""The bits of an element of the index that hold the position of a name."""


def fold(name: str) -> str:
    """The form in which names are compared: in lower case, with hyphens in place of Java's underscores."""
    return name.lower().replace("_", "-")


class SimilarNames:
    """Names to choose from. The cost of all searches is linear in the number of names and searches.

    The first searches compare the given name with each of the names, as `difflib` does. After `MAX_COMPARED` pairs of characters,
    searches use an index. It finds only names that differ by one edit (a character added, removed, replaced, or two swapped)
    among the first or the last `_ENDS` characters.

    Args:
        names: the names; those longer than `MAX_NAME` are never found.
        cutoff: the least similarity, from 0 to 1.
        spelling: a function that is applied to both names before they are compared.
    """

    def __init__(self, names: Iterable[str], *, cutoff: float = 0.6, spelling: Callable[[str], str] = fold) -> None:
        self._names = list(names)
        self._spellings = [spelling(name) if len(name) <= MAX_NAME else "" for name in self._names]
        self._spelling = spelling
        self._cutoff = cutoff
        self._length = sum(map(len, self._spellings))
        self._budget = MAX_COMPARED
        self._index: list[int] = []
        """Sorted integers, one for each variant of each name: its hash, and in the last bits the position of the name."""
        self._sorted: list[int] = []
        """The positions of the names in the order of their spellings."""
        self._found: dict[tuple[str, int], int | None] = {}
        """A cache of the first searches: a name that is given again must have the same hint."""

    def closest(self, given: str, *, among: int | None = None) -> str | None:
        """The name that is most similar to *given*; None if no name is similar enough.

        Args:
            given: the name that was given.
            among: the number of first names to choose from; by default all names.
        """
        if not 0 < len(given) <= MAX_NAME:
            return None
        count = len(self._names) if among is None else among
        cost = len(given) * self._length
        if (given, count) in self._found:
            position = self._found[given, count]
        elif cost <= self._budget:
            self._budget -= cost
            position = self._found[given, count] = self._most_similar(self._spelling(given), count)
        else:
            position = self._one_edit_away(self._spelling(given), count)
        return None if position is None else self._names[position]

    def hint(self, given: str) -> str:
        """A hint with the only name that begins with *given*, or with the most similar one; empty if there is neither."""
        name = self._only_completion(given) or self.closest(given)
        return f"did you mean {name}?" if name else ""

    def _most_similar(self, given: str, count: int) -> int | None:
        """The position of the most similar name, among the first *count*."""
        # Imported here: only mistakes need it.
        from difflib import get_close_matches

        found = get_close_matches(given, self._spellings[:count], n=1, cutoff=self._cutoff)
        return self._spellings.index(found[0]) if found else None

    def _one_edit_away(self, given: str, count: int) -> int | None:
        """The position of a name that differs by one edit, among the first *count*."""
        if not self._index:
            self._index = sorted(
                hashed | position
                for position, name in enumerate(self._spellings)
                for hashed in {_hash(variant) for variant in _variants(name)}
            )
        for variant in _variants(given):
            hashed = _hash(variant)
            place = bisect_left(self._index, hashed)
            position = self._index[place] - hashed if place < len(self._index) else count
            # Names with a common variant may differ by two edits.
            if position < count and _similarity(given, self._spellings[position]) >= self._cutoff:
                return position
        return None

    def _only_completion(self, given: str) -> str | None:
        """The name that begins with *given*, if it is the only one."""
        if len(given) <= 2:  # noqa: PLR2004
            return None
        if not self._sorted:
            self._sorted = sorted(range(len(self._names)), key=self._spellings.__getitem__)
        begin = self._spelling(given)
        place = bisect_left(self._sorted, begin, key=self._spellings.__getitem__)
        begun = [position for position in self._sorted[place : place + 2] if self._spellings[position].startswith(begin)]
        return self._names[begun[0]] if len(begun) == 1 else None


def _variants(name: str) -> Iterator[str]:
    """The name, and the name without one of its first or last characters."""
    yield name
    length = len(name)
    for place in range(length):
        if place < _ENDS or place >= length - _ENDS:
            yield name[:place] + name[place + 1 :]


def _similarity(one: str, other: str) -> float:
    """The ratio of `difflib` for strings that differ by one edit, in linear time; for others it may be less."""
    least = min(len(one), len(other))
    start = next((place for place in range(least) if one[place] != other[place]), least)
    end = next((place for place in range(least - start) if one[-1 - place] != other[-1 - place]), least - start)
    between = one[start : len(one) - end], other[start : len(other) - end]
    same = start + end + (len(between[0]) == 2 and between[0] == between[1][::-1])  # noqa: PLR2004
    return 2 * same / (len(one) + len(other))


def _hash(variant: str) -> int:
    return hash(variant) % (1 << 36) << _POSITION_BITS


def matching(pattern: str, names: Iterable[str]) -> list[str] | None:
    """The names that match a shell pattern with ``*``, ``?`` or ``[...]``; None if *pattern* is not a pattern."""
    if not any(each in pattern for each in "*?["):
        return None
    return [*filter(re.compile(translate(pattern)).match, names)]


def closest(given: str, names: Sequence[str], *, cutoff: float = 0.6, spelling: Callable[[str], str] = fold) -> str | None:
    """The name that `SimilarNames` finds, for one search."""
    return SimilarNames(names, cutoff=cutoff, spelling=spelling).closest(given)


def did_you_mean(given: str, names: Sequence[str]) -> str:
    """The hint of `SimilarNames`, for one search."""
    return SimilarNames(names).hint(given)
