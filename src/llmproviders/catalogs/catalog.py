# SPDX-License-Identifier: Apache-2.0
"""`Catalog`: an immutable mapping of named providers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar, overload

import attrs
from typing_extensions import Self

from ..boundary import public
from ..errors import Problem, UnknownProviderError, invalid
from ..messages import names_and_hint, shown, shown_name, shown_type
from ..providers.base import Provider
from ..providers.comparison import Change, Diff
from ..registry import set_default_provider, set_provider
from .arguments import accept_providers, problems_of_name, problems_of_provider
from .comparison import Edit, compared
from .composition import amended, edited, mapped, selected
from .details import NO_DETAILS, Details

__all__ = ["Catalog", "CatalogDiff", "unknown_name"]

_Class = TypeVar("_Class", bound=Provider)
_Default = TypeVar("_Default")


class Catalog(Mapping[str, Provider]):
    """Named providers in order, with an optional default: an immutable mapping, whose methods return new catalogs.

    ``a | b`` has the providers of both; those of *b* replace those of *a* with the same name. Two catalogs are equal if they
    have equal providers in the same order, the same default, and equal details.

    >>> chat = OpenAICompatProvider(task="chat/completions", temperature=0.2)
    >>> old = Catalog({"chat": chat}, default="chat")
    >>> for change in old.diff(old.with_provider("chat", chat.with_(temperature=0.9))):
    ...     print(change)
    ~ chat.temperature: 0.2 -> 0.9

    Args:
        providers: the providers by name; by default none.
        default: the name of the provider to use where no name is given; None for no default.
        details: descriptions, tags and ignored codes by name of a provider; by default none.

    Raises:
        InvalidOptionsError: if a name is empty or not a `str`, or a value is not a `Provider`, or not `Details`.
        UnknownProviderError: if the default, or a name of *details*, is not one of the names.
    """

    __slots__ = ("_default", "_details", "_providers")
    _providers: dict[str, Provider]
    _default: str | None
    _details: dict[str, Details]

    @public
    def __init__(
        self,
        providers: Mapping[str, Provider] | None = None,
        *,
        default: str | None = None,
        details: Mapping[str, Details] | None = None,
    ) -> None:
        content = accept_providers("Catalog", "providers", {} if providers is None else providers)
        object.__setattr__(self, "_providers", content)
        object.__setattr__(self, "_default", None if default is None else self._known(default))
        object.__setattr__(self, "_details", {} if details is None else self._checked_details(details))

    def _checked_details(self, details: object) -> dict[str, Details]:
        """Check the argument ``details``, and return a copy without empty ones."""
        if not isinstance(details, Mapping):
            problem = Problem("details", "a mapping of names to Details", got=shown(details), is_type=True)
            raise invalid("Catalog", [problem])
        found = {self._known(name): each for name, each in details.items()}
        others = {name: each for name, each in found.items() if not isinstance(each, Details)}
        if others:
            problems = [Problem(shown_name(name), "Details", got=shown(each), is_type=True) for name, each in others.items()]
            raise invalid("Catalog", problems)
        return {name: each for name, each in found.items() if each != NO_DETAILS}

    def _derived(self, providers: dict[str, Provider]) -> Self:
        """A catalog of *providers*, with the default and the details of this one, except those of names that are missing."""
        details = {name: each for name, each in self._details.items() if name in providers}
        return type(self)(providers, default=self._default if self._default in providers else None, details=details)

    @property
    def default(self) -> str | None:
        """The name of the provider to use where no name is given; None if there is no default."""
        return self._default

    @property
    def details(self) -> Mapping[str, Details]:
        """Descriptions, tags and ignored codes by name of a provider; a name without any is missing."""
        return MappingProxyType(self._details)

    def __getitem__(self, name: str) -> Provider:
        return self._providers[self._known(name)]

    @overload
    def get(self, name: str, default: None = None) -> Provider | None: ...

    @overload
    def get(self, name: str, default: Provider | _Default) -> Provider | _Default: ...

    def get(self, name: str, default: object = None) -> object:
        """Return the provider of *name*; *default* if the catalog does not have it."""
        # `Mapping.get` would make an error message first, which compares the name to all others.
        return self._providers[name] if name in self else default

    @public
    def get_as(self, name: str, cls: type[_Class]) -> _Class:
        """Return the provider of *name*, typed as *cls* for type checkers.

        >>> Catalog({"chat": OpenAICompatProvider()}).get_as("chat", OpenAICompatProvider).temperature is None
        True

        Args:
            name: the name of the provider.
            cls: its class, or a base of that.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
            InvalidOptionsError: if the provider is of another class, or *cls* is not a provider class.
        """
        given: object = cls
        if not (isinstance(given, type) and issubclass(given, Provider)):
            raise invalid("Catalog.get_as", [Problem("cls", "a provider class", got=shown(cls), is_type=True)])
        provider = self[name]
        if isinstance(provider, cls):
            return provider
        expected = f"a provider of class {cls.__name__}"
        raise invalid("Catalog.get_as", [Problem(shown_name(name), expected, got=shown_type(provider), is_type=True)])

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
        problems = [*problems_of_name("name", name), *problems_of_provider("provider", provider)]
        if problems:
            raise invalid("Catalog.with_provider", problems)
        return self._derived({**self._providers, name: provider})

    def without(self, name: str) -> Self:
        """Return a catalog without a provider; if that is the default, the new catalog has no default.

        Args:
            name: the name of the provider.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
        """
        rest = dict(self._providers)
        del rest[self._known(name)]
        return self._derived(rest)

    def with_default(self, name: str | None) -> Self:
        """Return a catalog with another default.

        Args:
            name: the name of the provider to use where no name is given; None for no default.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
        """
        return type(self)(self._providers, default=name, details=self._details)

    @public
    def with_details(
        self,
        name: str,
        *,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        ignore: Iterable[str] | None = None,
    ) -> Self:
        """Return a catalog with other details of a provider; an argument that is None leaves that detail as it is.

        Args:
            name: the name of the provider.
            description: a description for people; an empty one removes it.
            tags: words by which `select` finds the provider; an empty list removes them.
            ignore: the codes of problems that checks of a file do not report for it; an empty list removes them.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
            InvalidOptionsError: with every problem of the details.
        """
        old = self._details.get(self._known(name), Details())
        new = Details(
            old.description if description is None else description,
            old.tags if tags is None else tags,
            old.ignore if ignore is None else ignore,
        )
        return type(self)(self._providers, default=self._default, details={**self._details, name: new})

    @public
    def amend(self, name: str, /, **changes: Any) -> Self:
        """Return a catalog in which one provider has *changes*, as by `Provider.with_`.

        >>> Catalog({"chat": OpenAICompatProvider(temperature=0.7)}).amend("chat", temperature=0)["chat"].temperature
        0

        Args:
            name: the name of the provider.
            changes: options by their Python names, and extra options, as for `Provider.with_`.

        Raises:
            UnknownProviderError: if the catalog does not have *name*.
            InvalidOptionsError: with every problem of the changes, and the name of the provider.
        """
        return self._derived({**self._providers, name: amended(self, name, changes)})

    @public
    def map(self, function: Callable[[Provider], Provider]) -> Self:
        """Return a catalog with the results of *function* in place of the providers.

        Args:
            function: a function that returns a provider for each provider, for example the same with changes.

        Raises:
            InvalidOptionsError: with every problem of the calls, and the name of each provider whose call failed.
        """
        return self._derived(mapped(self, function))

    @public
    def select(self, *wanted: str | Callable[[Provider], object], tag: str | None = None) -> Self:
        """Return a catalog with some of the providers, in the same order.

        >>> list(Catalog({"eu-chat": OpenAICompatProvider(), "us-chat": OpenAICompatProvider()}).select("eu-*"))
        ['eu-chat']

        Args:
            wanted: names, patterns of names with ``*``, ``?`` or ``[...]``, and functions of a provider. A provider must match
                one of them; by default, every provider is selected. A pattern may match no name.
            tag: a tag that the providers must also have.

        Raises:
            UnknownProviderError: if the catalog does not have a name that is not a pattern.
            InvalidOptionsError: with every problem of the arguments, and of the calls of functions.
        """
        names = selected(self, wanted)
        if tag is not None:
            if not isinstance(tag, str):
                raise invalid("Catalog.select", [Problem("tag", "a str", got=shown(tag), is_type=True)])
            names = [name for name in names if name in self._details and tag in self._details[name].tags]
        return self._derived({name: self._providers[name] for name in names})

    def __or__(self, other: Mapping[str, Provider]) -> Self:
        """Return a catalog with the providers of both; for the same name, and for the default, *other* overrides this one."""
        if not isinstance(other, Mapping):
            return NotImplemented
        default = other.default if isinstance(other, Catalog) and other.default is not None else self._default
        details = {name: each for name, each in self._details.items() if name not in other}
        if isinstance(other, Catalog):
            details |= other.details
        return type(self)({**self._providers, **other}, default=default, details=details)

    def register(self) -> None:
        """Register every provider under its name, as `set_provider` does, and set the default if the catalog has one."""
        for name, provider in self._providers.items():
            set_provider(name, provider)
        if self._default is not None:
            set_default_provider(self._default)

    @public
    def diff(self, other: Mapping[str, Provider]) -> CatalogDiff:
        """Return the differences from this catalog to *other*, which can be applied to a third one; secrets are masked.

        The order of providers and their details are ignored. Equal numbers, such as ``1`` and ``1.0``, are not a difference.

        Args:
            other: the second catalog, or a mapping from names to providers, which has no default to compare.

        Raises:
            InvalidOptionsError: if *other* is not a mapping from names to providers.
        """
        # A mapping has no default that could differ.
        default = other.default if isinstance(other, Catalog) else self._default
        changes, edits = compared(self._providers, accept_providers("Catalog.diff", "other", other))
        if self._default != default:
            changes.append(Change("", "", self._default, default))
        return CatalogDiff(tuple(changes), tuple(edits.items()), (self._default, default))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalog):
            return NotImplemented
        return (
            list(self._providers.items()) == list(other._providers.items())
            and self._default == other._default
            and self._details == other._details
        )

    def __hash__(self) -> int:
        return hash((tuple(self._providers.items()), self._default, frozenset(self._details.items())))

    def __repr__(self) -> str:
        default = f", default={self._default!r}" if self._default is not None else ""
        details = f", details={self._details!r}" if self._details else ""
        return f"{type(self).__name__}({self._providers!r}{default}{details})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), dict(self._providers), self._default, dict(self._details))


@attrs.frozen(repr=False)
class CatalogDiff(Diff):
    """The differences between two catalogs: a frozen sequence of `Change`, made by `Catalog.diff`.

    It is false if there are none. ``str()`` writes one in each line, with secrets masked; a pickle of it holds the secrets.
    """

    _edits: tuple[tuple[str, Edit], ...]
    _default: tuple[str | None, str | None]

    @public
    def apply(self, catalog: Catalog) -> Catalog:
        """Return a catalog with the changes; `ProviderDiff.apply` says how the options of a provider change.

        ``a.diff(b).apply(a)`` has the providers and the default of ``b``, with the order and the details of ``a``; new names are
        last. In another catalog, all other providers and options are kept.

        Args:
            catalog: a catalog that has the providers whose options change.

        Raises:
            UnknownProviderError: if it does not have one of them, or the new default.
            InvalidOptionsError: with every problem of the providers.
        """
        if not isinstance(catalog, Catalog):
            raise invalid("CatalogDiff.apply", [Problem("catalog", "a Catalog", got=shown(catalog), is_type=True)])
        new = catalog._derived(edited(catalog, self._edits))  # noqa: SLF001
        return new if self._default[0] == self._default[1] else new.with_default(self._default[1])


def unknown_name(name: object, known: Iterable[str]) -> UnknownProviderError:
    """The error for a name that is not one of the *known* names of a catalog."""
    return UnknownProviderError(f"the catalog has no provider {shown(name)}; it has: {names_and_hint(name, known)}")


def _restored(cls: type[Catalog], providers: dict[str, Provider], default: str | None, details: dict[str, Details]) -> Catalog:
    return cls(providers, default=default, details=details)
