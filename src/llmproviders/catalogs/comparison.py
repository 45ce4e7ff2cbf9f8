# SPDX-License-Identifier: Apache-2.0
"""`Change`: the differences between named providers, option by option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from ..credentials import MASK
from ..fields.metadata import options
from ..fields.parts import Kind, kind_of, parts_in
from ..providers.base import Provider
from ..secrets import MaskedText, Parts, Secret
from .display import part_string

__all__ = ["Change", "changes_between"]

_UNSET: Final = (None, None, None)
_MISSING: Final = object()


@attrs.frozen
class Change:
    """One difference between two catalogs, with secrets masked; ``str()`` writes it as ``~ chat.temperature: 0.7 -> 0.9``."""

    provider: str
    """The name of the provider; empty if the default of the catalogs differs."""
    option: str
    """The Java key, for a header or a field of a body followed by its name, as in ``extra-header.X-Tenant``; empty if a whole
    provider or its class differs."""
    old: str | None
    """The value in the first catalog; None if it has no value."""
    new: str | None
    """The value in the second catalog; None if it has no value."""

    def __str__(self) -> str:
        where = f"{self.provider}.{self.option}" if self.option else self.provider or "(default)"
        if self.old is None:
            return f"+ {where}: {self.new}"
        if self.new is None:
            return f"- {where}: {self.old}"
        # Two secrets have the same mask.
        return f"~ {where}: {self.old} -> {self.new}{' (another value)' if self.old == self.new else ''}"


def changes_between(old: Mapping[str, Provider], new: Mapping[str, Provider]) -> Iterator[Change]:
    """The differences between the providers of the same name."""
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if before is None or after is None:
            yield Change(name, "", before.provider_name() if before else None, after.provider_name() if after else None)
            continue
        if before.provider_name() != after.provider_name():
            yield Change(name, "", before.provider_name(), after.provider_name())
        old_options, new_options = _options(before), _options(after)
        for key in {**old_options, **new_options}:
            (old_string, old_value, old_parts), (new_string, new_value, new_parts) = (
                old_options.get(key, _UNSET),
                new_options.get(key, _UNSET),
            )
            if old_value == new_value:
                continue
            if isinstance(old_parts, dict) and isinstance(new_parts, dict):
                found = [Change(name, each, *strings) for each, *strings in _changed_parts(key, old_parts, new_parts)]
                yield from found or [Change(name, key, old_string, new_string)]
            # Equal numbers may be written differently, and different secrets have the same mask.
            elif old_string != new_string or MASK in str(old_string):
                yield Change(name, key, old_string, new_string)


def _changed_parts(where: str, old: Parts, new: Parts) -> Iterator[tuple[str, str | None, str | None]]:
    """The location of each header or field that differs, with both strings; None for one that is missing."""
    for name in {**old, **new}:
        before, after = old.get(name, _MISSING), new.get(name, _MISSING)
        location = f"{where}.{name}"
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _changed_parts(location, before, after)
            continue
        strings = [None if each is _MISSING else part_string(each) for each in (before, after)]
        # 1 and True are equal in Python.
        if before != after or strings[0] != strings[1]:
            yield location, strings[0], strings[1]


def _options(provider: Provider) -> dict[str, tuple[str | None, object, Parts]]:
    """The masked string, the value and the parts of each option, by Java key."""
    values: dict[str, tuple[object, Kind | None]] = {}
    for info in options(type(provider)):
        values[info.key] = values[info.sequence_key] = getattr(provider, info.name), kind_of(info)
    values.update((key, (extra, "body")) for key, extra in provider.extra_options.items())
    shown: dict[str, tuple[str | None, object, Parts]] = {}
    for key, string in provider.to_options(redact=True).items():
        value, kind = values.get(key, (string, None))
        if isinstance(value, (Secret, MaskedText)) and value.is_reference:
            string = part_string(value)  # noqa: PLW2901
        shown[key] = (string, value, None if kind is None or string == MASK else parts_in(kind, value))
    return shown
