# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: an immutable mapping of named providers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar, overload

import attrs
from typing_extensions import Self

from ..boundary import public
from ..errors import Problem, UnknownProviderError, invalid
from ..messages import names_and_hint, shown, shown_type
from ..providers.base import Provider
from ..registry import set_default_provider, set_provider
from .arguments import accept_codes
from .comparison import Change, changes_between

__all__ = ["Catalog", "unknown_name"]

_Default = TypeVar("_Default")


class Catalog(Mapping[str, Provider]):
    """Named providers in order, with an optional default: an immutable mapping, whose methods return new catalogs.

    ``a | b`` has the providers of both; those of *b* replace those of *a* with the same name. Two catalogs are equal if they
    have equal providers in the same order, and the same default; ``ignored`` is not compared.

    >>> chat = OpenAICompatProvider(task="chat/completions", temperature=0.2)
    >>> old = Catalog({"chat": chat}, default="chat")
    >>> for change in old.diff(old.with_provider("chat", chat.with_(temperature=0.9))):
    ...     print(change)
    ~ chat.temperature: 0.2 -> 0.9

    Args:
        providers: the providers by name; by default none.
        default: the name of the provider to use where no name is given; None for no default.
        ignored: by name of a provider, the codes of problems that checks of a file do not report for it.

    Raises:
        InvalidOptionsError: if a name is empty or not a `str`, a value is not a `Provider`, or there is no such code.
        UnknownProviderError: if the default is not one of the names.
    """

    __slots__ = ("_default", "_ignored", "_providers")
    _providers: dict[str, Provider]
    _default: str | None
    _ignored: dict[str, tuple[str, ...]]

    @public
    def __init__(
        self,
        providers: Mapping[str, Provider] | None = None,
        *,
        default: str | None = None,
        ignored: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        content = _checked("Catalog", "providers", {} if providers is None else providers)
        object.__setattr__(self, "_providers", content)
        object.__setattr__(self, "_default", None if default is None else self._known(default))
        object.__setattr__(self, "_ignored", {} if ignored is None else self._checked_codes(ignored))

    def _checked_codes(self, ignored: object) -> dict[str, tuple[str, ...]]:
        """Check the argument ``ignored``, and return a copy without empty values."""
        if not isinstance(ignored, Mapping):
            problem = Problem("ignored", "a mapping of names to codes", got=shown(ignored), is_type=True)
            raise invalid("Catalog", [problem])
        found = {self._known(name): tuple(sorted(accept_codes("ignored", codes))) for name, codes in ignored.items()}
        return {name: codes for name, codes in found.items() if codes}

    @property
    def default(self) -> str | None:
        """The name of the provider to use where no name is given; None if there is no default."""
        return self._default

    @property
    def ignored(self) -> Mapping[str, tuple[str, ...]]:
        """By name of a provider, the codes of problems that checks of a file do not report for it."""
        return MappingProxyType(self._ignored)

    def __getitem__(self, name: str) -> Provider:
        return self._providers[self._known(name)]

    @overload
    def get(self, name: str, default: None = None) -> Provider | None: ...

    @overload
    def get(self, name: str, default: Provider | _Default) -> Provider | _Default: ...

    def get(self, name: str, default: object = None) -> object:
        """Return the provider of *name*; *default* if the catalog does not have it."""
        # That of `Mapping` makes the message of an exception, which compares the name to all others.
        return self._providers[name] if name in self else default

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._providers

    def __iter__(self) -> Iterator[str]:
        return iter(self._providers)

    def __len__(self) -> int:
        return len(self._providers)

    def _known(self, name: object) -> str:
        """Check that the catalog has *name*, and return it."""
        if isinstance(name, str) and name in self._providers:
            return name
        raise unknown_name(name, self._providers)

    @public
    def with_provider(self, name: str, provider: Provider) -> Self:
        """Return a catalog with a provider added; it replaces a provider of the same name, in its position.

        Args:
            name: the name of the provider.
            provider: the provider.

        Raises:
            InvalidOptionsError: if the name is empty or not a `str`, or the provider is not a `Provider`.
        """
        problems = [*_problems_of_name("name", name), *_problems_of_provider("provider", provider)]
        if problems:
            raise invalid("Catalog.with_provider", problems)
        return type(self)({**self._providers, name: provider}, default=self._default, ignored=self._ignored)

    def without(self, name: str) -> Self:
        """Return a catalog without a provider; if that is the default, the new catalog has no default.

        Args:
            name: the name of the provider.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
        """
        rest = dict(self._providers)
        del rest[self._known(name)]
        ignored = {other: codes for other, codes in self._ignored.items() if other != name}
        return type(self)(rest, default=None if self._default == name else self._default, ignored=ignored)

    def with_default(self, name: str | None) -> Self:
        """Return a catalog with another default.

        Args:
            name: the name of the provider to use where no name is given; None for no default.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
        """
        return type(self)(self._providers, default=name, ignored=self._ignored)

    def __or__(self, other: Mapping[str, Provider]) -> Self:
        """Return a catalog with the providers of both; *other* wins for the same name and for the default."""
        if not isinstance(other, Mapping):
            return NotImplemented
        default = other.default if isinstance(other, Catalog) and other.default is not None else self._default
        ignored = {name: codes for name, codes in self._ignored.items() if name not in other}
        if isinstance(other, Catalog):
            ignored |= other.ignored
        return type(self)({**self._providers, **other}, default=default, ignored=ignored)

    def register(self) -> None:
        """Register every provider under its name, as `set_provider` does, and set the default if the catalog has one."""
        for name, provider in self._providers.items():
            set_provider(name, provider)
        if self._default is not None:
            set_default_provider(self._default)

    @public
    def diff(self, other: Mapping[str, Provider]) -> tuple[Change, ...]:
        """Return the differences from this catalog to *other*, one for each option, with secrets masked.

        The order of providers is ignored. Equal numbers, such as ``1`` and ``1.0``, are not a difference.

        Args:
            other: the second catalog, or a mapping from names to providers.

        Raises:
            InvalidOptionsError: if *other* is not a mapping from names to providers.
        """
        default = other.default if isinstance(other, Catalog) else None
        changes = list(changes_between(self._providers, _checked("Catalog.diff", "other", other)))
        if self._default != default:
            changes.append(Change("", "", self._default, default))
        return tuple(changes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalog):
            return NotImplemented
        return list(self._providers.items()) == list(other._providers.items()) and self._default == other._default

    def __hash__(self) -> int:
        return hash((tuple(self._providers.items()), self._default))

    def __repr__(self) -> str:
        default = f", default={self._default!r}" if self._default is not None else ""
        ignored = f", ignored={self._ignored!r}" if self._ignored else ""
        return f"{type(self).__name__}({self._providers!r}{default}{ignored})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), dict(self._providers), self._default, dict(self._ignored))


def unknown_name(name: object, known: Iterable[str]) -> UnknownProviderError:
    """The error for a name that is not one of the *known* names of a catalog."""
    return UnknownProviderError(f"the catalog has no provider {shown(name)}; it has: {names_and_hint(name, known)}")


def _restored(
    cls: type[Catalog], providers: dict[str, Provider], default: str | None, ignored: dict[str, tuple[str, ...]]
) -> Catalog:
    return cls(providers, default=default, ignored=ignored)


def _checked(subject: str, argument: str, providers: object) -> dict[str, Provider]:
    """Check a mapping from names to providers, and return a copy."""
    if not isinstance(providers, Mapping):
        problem = Problem(argument, "a mapping of names to providers", got=shown(providers), is_type=True)
        raise invalid(subject, [problem])
    content = {str.__str__(name) if isinstance(name, str) else name: provider for name, provider in providers.items()}
    problems = [problem for name in content for problem in _problems_of_name(argument, name)]
    others = {name: provider for name, provider in content.items() if not isinstance(provider, Provider)}
    problems += [problem for name, provider in others.items() for problem in _problems_of_provider(shown(name), provider)]
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
    # Only its type is shown, because it may be a key.
    return [Problem(argument, "a provider", got=shown_type(provider), is_type=True)]
