# SPDX-License-Identifier: Apache-2.0
"""`Change`: the differences between named providers, option by option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import attrs

from ..credentials import MASK
from ..fields.metadata import options
from ..providers.base import Provider
from ..secrets import Secret
from .display import reference_string

__all__ = ["Change", "changes_between"]

_UNSET: Final = (None, None)


@attrs.frozen
class Change:
    """One difference between two catalogs, with secrets masked; ``str()`` writes it as ``~ chat.temperature: 0.7 -> 0.9``."""

    provider: str
    """The name of the provider; empty if the default of the catalogs differs."""
    option: str
    """The Java key; empty if a whole provider or its class differs."""
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
        return f"~ {where}: {self.old} -> {self.new}"


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
            (old_string, old_value), (new_string, new_value) = old_options.get(key, _UNSET), new_options.get(key, _UNSET)
            # Equal numbers may be written differently, and different secrets have the same mask.
            if old_value != new_value and (old_string != new_string or MASK in str(old_string)):
                yield Change(name, key, old_string, new_string)


def _options(provider: Provider) -> dict[str, tuple[str | None, object]]:
    """The masked string and the value of each option, by Java key."""
    values: dict[str, object] = {}
    for info in options(type(provider)):
        values[info.key] = values[info.sequence_key] = getattr(provider, info.name)
    values.update(provider.extra_options)
    shown: dict[str, tuple[str | None, object]] = {}
    for key, string in provider.to_options(redact=True).items():
        value = values.get(key, string)
        if isinstance(value, Secret) and value.is_reference:
            string = reference_string(value)  # noqa: PLW2901
        shown[key] = (string, value)
    return shown
