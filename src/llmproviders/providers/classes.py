# SPDX-License-Identifier: Apache-2.0
"""Provider classes by identifier: built in, registered, or of installed packages."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from ..boundary import public
from ..entry_points import installed, load, shown_entry, shown_target
from ..errors import InvalidClassError, InvalidOptionsError, Problem, ProviderError, invalid
from ..fields.compiled import compiled
from ..fields.description import is_unbuilt
from ..messages import shown
from .base import Provider
from .generic import GenericProvider
from .openai import OpenAIProvider
from .openai_compat import DashScopeProvider, OpenAICompatProvider
from .triton import TritonProvider

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "OLD_IDENTIFIERS",
    "Classes",
    "class_of",
    "from_options",
    "known_classes",
    "provider_class",
    "provider_classes",
    "register_provider_class",
    "unusable_classes",
    "usable_classes",
]

ENTRY_POINTS: Final = "llmproviders.providers"
"""The entry point group for the classes of a package: ``identifier = "package.module:Class"``."""

OLD_IDENTIFIERS: Final[Mapping[str, str]] = {"bailian": "openai-compat"}
"""Current identifiers by the identifiers of older releases."""

BUILT_IN: Final = (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider)

_Class = TypeVar("_Class", bound=type[Provider])


class Classes:
    """Provider classes by identifier. Classes of installed packages are loaded once, at their first use."""

    def __init__(self, known: Mapping[str, type[Provider]]) -> None:
        self.known = dict(known)
        self._lock = threading.RLock()
        self._unusable: dict[str, str] = {}
        self._is_complete = False

    def add(self, cls: type[Provider], identifier: str) -> None:
        """Make *cls* the class of *identifier*."""
        with self._lock:
            self.known[identifier] = cls

    def all(self) -> dict[str, type[Provider]]:
        """Return every class, including those of installed packages."""
        with self._lock:
            if not self._is_complete:
                self._load()
                self._is_complete = True
            return dict(self.known)

    def get(self, identifier: str) -> type[Provider] | None:
        """Return the class of *identifier*; None if there is none.

        Raises:
            ProviderError: if a package names a class for it that cannot be loaded.
        """
        found = self.known.get(identifier) or self.all().get(identifier)
        if found is None and identifier in self._unusable:
            raise ProviderError(self._unusable[identifier])
        return found

    def unloadable(self) -> dict[str, str]:
        """Return the reason for each identifier of an installed package whose class cannot be loaded."""
        self.all()
        return {identifier: reason for identifier, reason in self._unusable.items() if identifier not in self.known}

    def _load(self) -> None:
        for entry in installed(ENTRY_POINTS):
            if entry.name in self.known:
                continue
            try:
                self.known[entry.name] = _load_class(entry)
            except ProviderError as error:
                expected = f"a Provider class with the identifier {shown(entry.name)}"
                self._unusable[entry.name] = f"{shown_entry(entry)}: expected {expected}, got {error}"


def _load_class(entry: EntryPoint) -> type[Provider]:
    """The provider class of an entry point.

    Raises:
        ProviderError: if it is not a usable provider class. The message is the end of a sentence "expected ..., got".
    """
    value, cls = shown_target(entry), load(entry)
    if not (isinstance(cls, type) and issubclass(cls, Provider)):
        raise ProviderError(value)
    identifier = getattr(cls, "identifier", None)
    if not identifier:
        raise ProviderError(f"{value}, which has no identifier")
    if identifier != entry.name:
        raise ProviderError(f"{value}, whose identifier is {shown(identifier)}")
    for base in cls.__mro__:
        if is_unbuilt(base):
            raise ProviderError(
                f"{value}, where {base.__name__} is not an attrs class: decorate it with @attrs.frozen(kw_only=True)"
            )
    return cls


known_classes: Final = Classes({cls.identifier: cls for cls in BUILT_IN})


@public
def register_provider_class(cls: _Class) -> _Class:
    """Register *cls* as the class of its identifier, and return it; usable as a class decorator.

    Args:
        cls: a frozen attrs class that inherits `Provider`. It replaces a class with the same identifier.

    Raises:
        InvalidClassError: if it is not a `Provider` class, or has no identifier.
    """
    given: object = cls
    identifier = getattr(given, "identifier", None) if isinstance(given, type) and issubclass(given, Provider) else None
    if not (isinstance(identifier, str) and identifier):
        got = given.__name__ if isinstance(given, type) else shown(given)
        msg = f"register_provider_class(): expected a Provider class that has an identifier, got {got}"
        raise InvalidClassError(msg)
    if is_unbuilt(cls):
        msg = f"{cls.__name__} is not an attrs class yet: write @register_provider_class above @attrs.frozen(kw_only=True)"
        raise InvalidClassError(msg)
    known_classes.add(cls, identifier)
    return cls


@public
def provider_class(identifier: str) -> type[Provider]:
    """Return the provider class of an identifier; `GenericProvider` if no class has it.

    Raises:
        ProviderError: if an installed package names a class for it that cannot be loaded.
        InvalidTypeError: if the identifier is not a `str`.
    """
    return class_of("provider_class", identifier)


def class_of(subject: str, identifier: object) -> type[Provider]:
    """The class of an identifier; `GenericProvider` if no class has it. *subject* is the function that was called."""
    if not isinstance(identifier, str):
        raise invalid(subject, [Problem("identifier", "a str", got=shown(identifier), is_type=True)])
    return known_classes.get(identifier) or GenericProvider


def provider_classes() -> dict[str, type[Provider]]:
    """Return every known provider class by its identifier: built in, registered, or of an installed package.

    A package names its classes in the entry point group ``llmproviders.providers``. A class that cannot be loaded is left out;
    `provider_class` raises an error with the reason.
    """
    return known_classes.all()


def usable_classes() -> list[type[Provider]]:
    """The classes of all identifiers, without classes that raise `InvalidClassError`."""
    unusable = unusable_classes()
    return [cls for identifier, cls in provider_classes().items() if identifier not in unusable]


def unusable_classes() -> dict[str, str]:
    """The reason for each identifier whose class cannot be loaded, or raises `InvalidClassError`."""
    found = known_classes.unloadable()
    for identifier, cls in provider_classes().items():
        try:
            compiled(cls)
        except ProviderError as error:
            found[identifier] = str(error)
    return found


@public
def from_options(identifier: str, options: Mapping[str, str]) -> Provider:
    """Return the provider of a flat dict of Java keys and strings.

    Args:
        identifier: the identifier of the factory in Flink. If no class has it, the result is a `GenericProvider`.
        options: strings in Flink's syntax by Java key, as for `Provider.from_options`.

    Raises:
        InvalidOptionsError: with every problem of the options.
    """
    cls = class_of("from_options", identifier)
    if cls is not GenericProvider or not isinstance(options, Mapping):
        return cls.from_options(options)
    named = {**options, "provider": identifier}
    given: object = options.get("provider", identifier)
    if isinstance(given, str) and given == identifier:
        return cls.from_options(named)
    problems = [Problem("provider", shown(identifier), got=shown(given), code="conflicting-options")]
    try:
        cls.from_options(named)
    except InvalidOptionsError as error:
        problems = [*error.problems, *problems]
    raise invalid(cls.__name__, problems)
