# SPDX-License-Identifier: Apache-2.0
"""The meaning of option strings for a factory: ``1 s`` equals ``1000 ms``, and a default equals an unset option."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Final

import attrs

from ..errors import Rejected
from ..fields.metadata import options as options_of
from ..providers.base import Provider
from ..runtimes.runtime import Runtime
from ..syntax.durations import read_duration
from ..syntax.maps import read_map
from ..syntax.scalars import read_boolean, read_double, read_integer
from .names import PROVIDER

__all__ = ["Group", "Meaning"]

Group = Mapping[str, str]
"""The strings that set one option, by key: its key, deprecated keys, or keys of map entries."""

_READERS: Final[Mapping[str, Callable[[str], Hashable]]] = {
    "Boolean": read_boolean,
    "Integer": read_integer,
    "Long": read_integer,
    "Double": read_double,
    "Duration": read_duration,
    "Enum": str.upper,
    "Map": lambda string: frozenset(read_map(string).items()),
}
"""Readers of strings by Java type; a string of any other type means itself."""


@attrs.frozen(kw_only=True)
class _Option:
    """The data that the meaning of an option depends on."""

    java: str
    default: str | None = None
    deprecated_keys: tuple[str, ...] = ()

    def read(self, string: str) -> Hashable:
        try:
            return _READERS.get(self.java, str)(string)
        except Rejected:
            # Java cannot read it either.
            return string


class Meaning:
    """The meaning of the options of one factory.

    Args:
        provider: a provider of the factory; its class has the types of options that the runtime does not know.
        runtime: the runtime, which has the defaults; None if it is not known.
    """

    def __init__(self, provider: Provider, runtime: Runtime | None) -> None:
        factory = None if runtime is None else runtime.factories.get(provider.provider_name())
        self._options = {
            info.key: _Option(java=info.java, deprecated_keys=info.deprecated_keys) for info in options_of(type(provider))
        }
        if factory is not None:
            types = {key: option.java for key, option in self._options.items()}
            self._options = {
                key: _Option(
                    java=option.type or types.get(key, ""), default=option.default, deprecated_keys=option.deprecated_keys
                )
                for key, option in factory.options.items()
            }
        self._today = {old: key for key, option in self._options.items() for old in option.deprecated_keys}

    def groups(self, options: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The options without the identifier, grouped by the current key of the option that they set."""
        found: dict[str, dict[str, str]] = {}
        for key, string in options.items():
            if key != PROVIDER:
                found.setdefault(self._key_of(key), {})[key] = string
        return found

    def _key_of(self, key: str) -> str:
        if key in self._options:
            return key
        whole, dot, _ = key.partition(".")
        if dot and whole in self._options and self._options[whole].java == "Map":
            return whole
        return self._today.get(key, key)

    def of(self, key: str, group: Group) -> Hashable:
        """The value that Java reads from the strings of one option; None if that is the default."""
        option = self._options.get(key, _Option(java=""))
        default = None if option.default is None else option.read(option.default)
        # The current key overrides deprecated keys and entries of a map.
        string = next((group[each] for each in (key, *option.deprecated_keys) if each in group), None)
        value: Hashable
        if string is not None:
            value = option.read(string)
        elif group:
            value = frozenset((each[len(key) + 1 :], item) for each, item in group.items())
        else:
            return None
        return None if value == default else value

    def content(self, options: Mapping[str, str]) -> Hashable:
        """A value that is equal for options with the same meaning."""
        meanings = ((key, self.of(key, group)) for key, group in self.groups(options).items())
        return options.get(PROVIDER), frozenset(pair for pair in meanings if pair[1] is not None)
