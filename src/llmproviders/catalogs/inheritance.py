# SPDX-License-Identifier: Apache-2.0
"""Entries written shorter: an entry extends an earlier one and has only the differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from ..fields.spec import EXTRAS
from .layers import KINDS

__all__ = ["shorten_by_inheritance"]

_KEPT: Final = 16
"""The number of first entries, and of last entries, that the index keeps for an option."""
_TRIED: Final = 8
"""How many entries are tried as the base of an entry."""


def shorten_by_inheritance(entries: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries; an entry extends an earlier one if the result is shorter. The cost is linear in the number of options."""
    written: dict[str, dict[str, Any]] = {}
    bases = _Bases()
    for name, entry in entries.items():
        options = _strings(entry)
        best, length = entry, len(str(entry))
        for base in bases.most_similar(options):
            child = _child(base, entries[base], entry)
            if child is not None and len(str(child)) < length:
                best, length = child, len(str(child))
        bases.add(name, options)
        written[name] = best
    return written


class _Bases:
    """Entries, found by their options."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._having: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        """For each option with its value, the positions of the first and the last entries that have it."""
        self._without_one: dict[int, int] = {}
        """An index of entries without one option: the first position, by the sum of the hashes of the other options."""

    def add(self, name: str, options: Mapping[tuple[str, str], int]) -> None:
        """Add an entry with its options."""
        position = len(self._names)
        self._names.append(name)
        total = sum(map(hash, options))
        for option in options:
            having = self._having[option]
            if len(having) == 2 * _KEPT:
                del having[_KEPT]
            having.append(position)
            self._without_one.setdefault(total - hash(option), position)

    def most_similar(self, options: Mapping[tuple[str, str], int]) -> list[str]:
        """The entries that share the most characters of *options*; earlier entries come first among equal ones."""
        shared: defaultdict[int, int] = defaultdict(int)
        for option, length in options.items():
            for position in self._having.get(option, ()):
                shared[position] += length
        total, whole = sum(map(hash, options)), sum(options.values())
        for option, length in options.items():
            nearly_equal = self._without_one.get(total - hash(option))
            if nearly_equal is not None:
                shared[nearly_equal] = max(shared[nearly_equal], whole - length)
        found = sorted(shared, key=lambda position: (-shared[position], position))[:_TRIED]
        return [self._names[position] for position in sorted(found)]


def _strings(entry: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """The options of an entry: their names and values as strings, and the length of both."""
    values = {key: value for key, value in entry.items() if key not in ("omit", EXTRAS)}
    values |= {f"omit.{key}": True for key in entry.get("omit", [])}
    values |= {f"{EXTRAS}.{key}": value for key, value in entry.get(EXTRAS, {}).items()}
    found = {(key, value if isinstance(value, str) else repr(value)) for key, value in values.items()}
    return {(key, value): len(key) + len(value) for key, value in found}


def _child(name: str, base: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any] | None:
    """*entry* as an entry that extends *base*, whose name is *name*; None if that is not possible."""
    if any(base.get(kind) != entry.get(kind) for kind in KINDS):
        return None
    if not set(base.get("ignore", ())) <= set(entry.get("ignore", ())):
        # The entry would inherit ignored codes that it does not have.
        return None
    extras, above = entry.get(EXTRAS, {}), base.get(EXTRAS, {})
    if len(above) > len(extras) or list(above) != list(extras)[: len(above)]:
        # Inherited extra options come first, in the order of the base, and cannot be removed.
        return None
    child: dict[str, Any] = {"extends": name}
    child.update((key, value) for key, value in entry.items() if key not in ("omit", EXTRAS) and not _same(base.get(key), value))
    omitted = [key for key in entry.get("omit", []) if key not in base.get("omit", [])]
    # Options of the base that this entry does not have are reset.
    gone = [key for key in [*base, *base.get("omit", [])] if key not in entry and key not in entry.get("omit", [])]
    without = [key for key in gone if key not in (*KINDS, "omit", EXTRAS)]
    if omitted:
        child["omit"] = omitted
    if changed := {key: value for key, value in extras.items() if key not in above or not _same(above[key], value)}:
        child[EXTRAS] = changed
    if without:
        child["without"] = without
    return child


def _same(one: object, other: object) -> bool:
    return one == other and type(one) is type(other) and repr(one) == repr(other)
