# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: named providers as one immutable value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

import attrs
from typing_extensions import Self

from ..boundary import public
from ..credentials import MASK
from ..errors import Problem, UnknownProviderError, invalid
from ..fields.metadata import options
from ..messages import names_and_hint, shown
from ..providers.base import Provider
from ..registry import set_default_provider, set_provider
from ..secrets import Secret

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
        InvalidOptionsError: if a name is empty or no `str`, or a value is no `Provider`.
        UnknownProviderError: if the default is not one of the names.
    """

    __slots__ = ("_default", "_providers")
    _providers: dict[str, Provider]
    _default: str | None

    @public
    def __init__(self, providers: Mapping[str, Provider] | None = None, *, default: str | None = None) -> None:
        content = _checked("Catalog", "providers", {} if providers is None else providers)
        object.__setattr__(self, "_providers", content)
        object.__setattr__(self, "_default", None if default is None else self._known(default))

    @property
    def default(self) -> str | None:
        """The name that is meant where none is given."""
        return self._default

    def __getitem__(self, name: str) -> Provider:
        return self._providers[self._known(name)]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._providers

    def __iter__(self) -> Iterator[str]:
        return iter(self._providers)

    def __len__(self) -> int:
        return len(self._providers)

    def _known(self, name: object) -> str:
        """*name*, if the catalog has it."""
        if isinstance(name, str) and name in self._providers:
            return name
        msg = f"the catalog has no provider {shown(name)}; it has: {names_and_hint(name, self._providers)}"
        raise UnknownProviderError(msg)

    @public
    def with_provider(self, name: str, provider: Provider) -> Self:
        """A catalog with *provider* under *name*, in the name's place if it has one.

        Raises:
            InvalidOptionsError: if the name is empty or no `str`, or the provider is no `Provider`.
        """
        problems = [*_problems_of_name("name", name), *_problems_of_provider("provider", provider)]
        if problems:
            raise invalid("Catalog.with_provider", problems)
        return type(self)({**self._providers, name: provider}, default=self._default)

    def without(self, name: str) -> Self:
        """A catalog that does not have *name*; if it was the default, there is none.

        Raises:
            UnknownProviderError: if the catalog does not have it.
        """
        rest = dict(self._providers)
        del rest[self._known(name)]
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

    @public
    def diff(self, other: Mapping[str, Provider]) -> tuple[Change, ...]:
        """The differences of *other*, option by option, secrets masked; empty if they are equal but for order.

        Numbers that are equal, such as ``1`` and ``1.0``, are no difference.

        Raises:
            InvalidOptionsError: if *other* is no mapping from names to providers.
        """
        default = other.default if isinstance(other, Catalog) else None
        changes = list(self._changes(_checked("Catalog.diff", "other", other)))
        if self._default != default:
            changes.append(Change("", "", self._default, default))
        return tuple(changes)

    def _changes(self, other: Mapping[str, Provider]) -> Iterator[Change]:
        for name in {**self._providers, **other}:
            mine, theirs = self._providers.get(name), other.get(name)
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                yield Change(name, "", mine.provider_name() if mine else None, theirs.provider_name() if theirs else None)
                continue
            if mine.provider_name() != theirs.provider_name():
                yield Change(name, "", mine.provider_name(), theirs.provider_name())
            old, new = _described(mine), _described(theirs)
            for key in {**old, **new}:
                (before, value), (after, other_value) = old.get(key, _UNSET), new.get(key, _UNSET)
                # Equal numbers may be written in two ways, and different secrets show alike.
                if value != other_value and (before != after or MASK in str(before)):
                    yield Change(name, key, before, after)

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


def _checked(subject: str, argument: str, providers: object) -> dict[str, Provider]:
    """A copy of a mapping from names to providers."""
    if not isinstance(providers, Mapping):
        problem = Problem(argument, "a mapping of names to providers", got=shown(providers), is_type=True)
        raise invalid(subject, [problem])
    content = {str.__str__(name) if isinstance(name, str) else name: provider for name, provider in providers.items()}
    problems = [problem for name in content for problem in _problems_of_name(argument, name)]
    strange = {name: provider for name, provider in content.items() if not isinstance(provider, Provider)}
    problems += [problem for name, provider in strange.items() for problem in _problems_of_provider(shown(name), provider)]
    if problems:
        raise invalid(subject, problems)
    return content


def _problems_of_name(argument: str, name: object) -> list[Problem]:
    if isinstance(name, str) and name:
        return []
    return [Problem(argument, "a name that is not empty", got=shown(name), is_type=not isinstance(name, str))]


def _problems_of_provider(argument: str, provider: object) -> list[Problem]:
    if isinstance(provider, Provider):
        return []
    # It may be the key that was meant for a provider.
    return [Problem(argument, "a provider", got=f"a value of type {type(provider).__name__}", is_type=True)]


_UNSET: Final = (None, None)


def _described(provider: Provider) -> dict[str, tuple[str | None, object]]:
    """The options by Java key: how each shows, references as such, and its value."""
    values: dict[str, object] = {}
    for info in options(type(provider)):
        values[info.key] = values[info.sequence_key] = getattr(provider, info.name)
    values.update(provider.extra_options)
    described: dict[str, tuple[str | None, object]] = {}
    for key, text in provider.to_options(redact=True).items():
        value = values.get(key, text)
        if isinstance(value, Secret) and value.is_reference:
            text = f"{value.source}:{value.reference}"  # noqa: PLW2901
        described[key] = (text, value)
    return described
