# SPDX-License-Identifier: Apache-2.0
"""The differences between providers of the same names, and how they are applied to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ..providers.base import Provider
from ..providers.comparison import Change, ProviderDiff, changes_between, diff_of

__all__ = ["Edit", "compared"]

Edit: TypeAlias = ProviderDiff | Provider | None
"""The new state of a name: changed options, another provider, or None if it is removed."""


def compared(old: Mapping[str, Provider], new: Mapping[str, Provider]) -> tuple[list[Change], dict[str, Edit]]:
    """The differences between the providers of the same name, and the edits that make the new ones."""
    changes: list[Change] = []
    edits: dict[str, Edit] = {}
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            edits[name] = after
            names = [None if each is None else each.provider_name() for each in (before, after)]
            changes.append(Change(name, "", *names))
        elif type(before) is not type(after):
            edits[name] = after
            changes += changes_between(name, before, after)
        elif before != after:
            edits[name] = diff = diff_of(before, after, name)
            changes += diff
    return changes, edits
