# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: named providers as one immutable value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import attrs

from .errors import ProviderError, UnknownProviderError
from .providers.base import Provider
from .registry import set_default_provider, set_provider
from .secrets import MaskedText, Secret
from .values import did_you_mean

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Catalog", "Change"]


@attrs.frozen
class Change:
    """One difference between two catalogs, secrets masked; as a text one line: ``~ chat.temperature: 0.7 -> 0.9``."""

    provider: str
    """Name of the provider; empty where the catalog's default differs."""
    option: str
    """Java key; empty where a whole provider or its class differs."""
    old: str | None
    """What the first catalog has; None if it has nothing there."""
    new: str | None
    """What the second has, likewise."""

    def __str__(self) -> str:
        where = f"{self.provider}.{self.option}" if self.option else self.provider or "(default)"
        if self.old is None:
            return f"+ {where}: {self.new}"
        if self.new is None:
            return f"- {where}: {self.old}"
        return f"~ {where}: {self.old} -> {self.new}"


class Catalog(Mapping[str, Provider]):
    """Named providers in their order, with an optional default: an immutable mapping, whose methods make new ones.

    ``a | b`` is *a* with *b* over it. Two are equal if their providers are, in the same order, and
    their defaults.

    Args:
        providers: the providers by name; by default none.
        default: the name that is meant where none is given; None if there shall be none.

    Raises:
        ProviderError: if a name is empty or no `str`, or a value is no `Provider`.
        UnknownProviderError: if the default is not one of the names.
    """

    __slots__ = ("_default", "_providers")
    _providers: dict[str, Provider]
    _default: str | None

    def __init__(self, providers: Mapping[str, Provider] | None = None, *, default: str | None = None) -> None:
        content = dict(providers or {})
        for name, provider in content.items():
            given: object = name
            if not isinstance(given, str) or not given:
                msg = f"a catalog has names that are not empty texts, got {name!r}"
                raise ProviderError(msg)
            value: object = provider
            if not isinstance(value, Provider):
                msg = f"a catalog has providers, got one of type {type(value).__name__} as {name!r}"
                raise ProviderError(msg)
        object.__setattr__(self, "_providers", content)
        object.__setattr__(self, "_default", default)
        if default is not None and default not in content:
            raise self._unknown(default)

    @property
    def default(self) -> str | None:
        """The name that is meant where none is given."""
        return self._default

    def __getitem__(self, name: str) -> Provider:
        try:
            return self._providers[name]
        except (KeyError, TypeError):
            pass
        raise self._unknown(name)

    def __contains__(self, name: object) -> bool:
        return name in self._providers

    def __iter__(self) -> Iterator[str]:
        return iter(self._providers)

    def __len__(self) -> int:
        return len(self._providers)

    def _unknown(self, name: object) -> UnknownProviderError:
        hint = did_you_mean(name, list(self._providers)) if isinstance(name, str) else ""
        names = ", ".join(self._providers) or "none"
        return UnknownProviderError(f"the catalog has no provider {name!r}; it has: {names}{f'; {hint}' if hint else ''}")

    def with_provider(self, name: str, provider: Provider) -> Self:
        """A catalog with *provider* under *name*, in the name's place if it has one.

        Raises:
            ProviderError: if the name is empty or no `str`, or the provider is no `Provider`.
        """
        return type(self)({**self._providers, name: provider}, default=self._default)

    def without(self, name: str) -> Self:
        """A catalog that does not have *name*; if it was the default, there is none.

        Raises:
            UnknownProviderError: if the catalog does not have it.
        """
        rest = {each: provider for each, provider in self._providers.items() if each != name}
        if len(rest) == len(self):
            raise self._unknown(name)
        return type(self)(rest, default=None if self._default == name else self._default)

    def with_default(self, name: str | None) -> Self:
        """A catalog whose default is *name*, or that has none.

        Raises:
            UnknownProviderError: if the catalog does not have it.
        """
        return type(self)(self._providers, default=name)

    def __or__(self, other: Mapping[str, Provider]) -> Self:
        """This catalog with *other* over it: its providers replace those of the same name, its default wins."""
        if not isinstance(other, Mapping):
            return NotImplemented
        default = other.default if isinstance(other, Catalog) and other.default is not None else self._default
        return type(self)({**self._providers, **other}, default=default)

    def register(self) -> None:
        """Put every provider into the registry under its name, and make the default the registry's."""
        for name, provider in self._providers.items():
            set_provider(name, provider)
        if self._default is not None:
            set_default_provider(self._default)

    def diff(self, other: Mapping[str, Provider]) -> tuple[Change, ...]:
        """What *other* has that this one has not, option by option, secrets masked; empty if they are equal but for order."""
        return tuple(self._changes(other))

    def _changes(self, other: Mapping[str, Provider]) -> Iterator[Change]:
        for name in [*self, *(name for name in other if name not in self)]:
            mine, theirs = self._providers.get(name), other.get(name)
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                yield Change(name, "", mine.provider_name() if mine else None, theirs.provider_name() if theirs else None)
                continue
            if mine.provider_name() != theirs.provider_name():
                yield Change(name, "", mine.provider_name(), theirs.provider_name())
            old, new = _shown(mine), _shown(theirs)
            for key in {**old, **new}:
                before, after = old.get(key, (None, None)), new.get(key, (None, None))
                if before != after:
                    yield Change(name, key, before[0], after[0])
        default = other.default if isinstance(other, Catalog) else None
        if self._default != default:
            yield Change("", "", self._default, default)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalog):
            return NotImplemented
        return list(self._providers.items()) == list(other._providers.items()) and self._default == other._default

    def __hash__(self) -> int:
        return hash((tuple(self._providers.items()), self._default))

    def __repr__(self) -> str:
        default = f", default={self._default!r}" if self._default is not None else ""
        return f"{type(self).__name__}({self._providers!r}{default})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), dict(self._providers), self._default)


def _restored(cls: type[Catalog], providers: dict[str, Provider], default: str | None) -> Catalog:
    return cls(providers, default=default)


def _shown(provider: Provider) -> dict[str, tuple[str, object]]:
    """The options by Java key: how they show, references as such, and what two that show alike may differ in."""
    shown: dict[str, tuple[str, object]] = {key: (text, text) for key, text in provider.to_options(redact=True).items()}
    table = provider._table()
    given = table.defaults | provider._state()
    values = {info.key: value for name, value in given.items() if (info := table.specs[name].info)}
    for key, value in {**values, **provider.extra_options}.items():
        if isinstance(value, Secret) and value.is_reference:
            shown[key] = (f"{value.source}:{value.reference}", value)
        elif isinstance(value, (Secret, MaskedText)):
            shown[key] = (shown[key][0], value)
    return shown
