# SPDX-License-Identifier: Apache-2.0
"""The order of renames: each new name must be free. Models that swap their names need a temporary name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count, pairwise

__all__ = ["order_renames", "pending_renames"]


def _chains(renames: Mapping[str, str]) -> Iterator[list[str]]:
    """The chains of renames: each name is renamed to the next one. The chain of a cycle ends with its first name.

    Args:
        renames: new names by old ones; new names are unique.
    """
    targets = set(renames.values())
    seen: set[str] = set()
    # First the names that begin a chain; after that, only cycles are left.
    for start in [*(name for name in renames if name not in targets), *renames]:
        if start in seen:
            continue
        chain = [start]
        while (name := chain[-1]) in renames and name not in seen:
            seen.add(name)
            chain.append(renames[name])
        yield chain


def pending_renames(renames: Mapping[str, str], existing: Collection[str], is_done: Callable[[str], bool]) -> dict[str, str]:
    """The renames that are not done yet.

    A rename of a missing model is ignored. A chain is done if the models of all its new names are the wanted ones, or if its
    new names exist and its first name does not.

    Args:
        renames: new names by old ones.
        existing: the names of the models that exist.
        is_done: a function that tests whether the model of a name is the wanted one.
    """
    moved = {
        old
        for chain in _chains(renames)
        if chain[0] not in existing and all(name in existing for name in chain[1:])
        for old in chain[:-1]
    }
    possible = {old: new for old, new in renames.items() if old in existing and old not in moved}
    return {old: new for chain in _chains(possible) if not all(map(is_done, chain[1:])) for old, new in pairwise(chain)}


def order_renames(renames: Mapping[str, str], taken: Collection[str]) -> Iterator[tuple[str, str]]:
    """The renames as pairs of the old and the new name, in an order that can be executed.

    Args:
        renames: new names by old ones; a new name is free, or that of a model which is renamed too.
        taken: all names that are in use before or after it.
    """
    third = next(name for number in count(1) if (name := f"llmproviders_rename_{number}") not in taken)
    for chain in _chains(renames):
        is_cycle = chain[0] == chain[-1]
        if is_cycle:
            yield chain[-2], third
        pairs = list(pairwise(chain))
        yield from reversed(pairs[:-1] if is_cycle else pairs)
        if is_cycle:
            yield third, chain[-1]
