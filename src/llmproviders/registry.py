# SPDX-License-Identifier: Apache-2.0
"""Providers by name, for the whole process or for a block of code; and classes by identifier."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from .errors import ProviderError, UnknownProviderError
from .providers.base import Provider, is_unbuilt
from .providers.generic import GenericProvider
from .providers.openai import OpenAIProvider
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .providers.triton import TritonProvider
from .values import did_you_mean

__all__ = [
    "OLD_IDENTIFIERS",
    "from_options",
    "get_provider",
    "list_providers",
    "provider_class",
    "provider_classes",
    "register_provider_class",
    "remove_provider",
    "set_default_provider",
    "set_provider",
    "using_provider",
]

ENTRY_POINTS: Final = "llmproviders.providers"
"""The entry point group in which a package names its classes: ``identifier = "package.module:Class"``."""

OLD_IDENTIFIERS: Final[Mapping[str, str]] = {"bailian": "openai-compat"}
"""What identifiers of older releases are called today."""

_Class = TypeVar("_Class", bound=type[Provider])


class _Classes:
    """Provider classes by identifier; those of installed packages are looked up once, when they are first needed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._known: dict[str, type[Provider]] = {}
        self._broken: dict[str, str] = {}
        self._complete = False

    def add(self, cls: type[Provider], identifier: str) -> None:
        with self._lock:
            self._known[identifier] = cls

    def all(self) -> dict[str, type[Provider]]:
        with self._lock:
            if not self._complete:
                self._load()
                self._complete = True
            return dict(self._known)

    def get(self, identifier: str) -> tuple[type[Provider] | None, str]:
        """The class, if there is one, and what is wrong where a package names one that cannot be had."""
        found = self._known.get(identifier) or self.all().get(identifier)
        return found, "" if found else self._broken.get(identifier, "")

    def _load(self) -> None:
        from importlib.metadata import entry_points

        for entry in entry_points(group=ENTRY_POINTS):
            if entry.name in self._known:
                continue
            try:
                cls, got = entry.load(), entry.value
            except Exception as error:  # noqa: BLE001
                # A package that is broken must not keep the others from being used.
                cls, got = None, f"{entry.value}, which fails with {type(error).__name__}: {error}"
            if isinstance(cls, type) and issubclass(cls, Provider):
                if cls.identifier == entry.name:
                    self._known[entry.name] = cls
                    continue
                got = f"{entry.value}, whose identifier is {cls.identifier!r}"
            package = f" of package {entry.dist.name}" if entry.dist is not None else ""
            expected = f"a Provider class with the identifier {entry.name!r}"
            self._broken[entry.name] = f"entry point {entry.name}{package}: expected {expected}, got {got}"


_classes: Final = _Classes()


def register_provider_class(cls: _Class) -> _Class:
    """Make *cls* the class of its identifier, in place of another one, and return it; also usable as a class decorator.

    Raises:
        TypeError: if it is no `Provider` class with an identifier.
    """
    given: object = cls
    if not (isinstance(given, type) and issubclass(given, Provider) and getattr(given, "identifier", None)):
        msg = "register_provider_class() takes a Provider class that has an identifier"
        raise TypeError(msg)
    if is_unbuilt(cls):
        msg = f"{cls.__name__} is no attrs class yet: write @register_provider_class above @attrs.frozen(kw_only=True)"
        raise TypeError(msg)
    _classes.add(cls, cls.identifier)
    return cls


for _cls in (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider):
    register_provider_class(_cls)


def provider_class(identifier: str) -> type[Provider]:
    """The class of an identifier; `GenericProvider` if it has none.

    Raises:
        ProviderError: if an installed package names a class for it that cannot be had.
    """
    cls, wrong = find_class(identifier)
    if wrong:
        raise ProviderError(wrong)
    return cls


def find_class(identifier: str) -> tuple[type[Provider], str]:
    """As `provider_class`, with what is wrong as a text, for callers that hold secrets."""
    found, wrong = _classes.get(identifier)
    return found or GenericProvider, wrong


def provider_classes() -> dict[str, type[Provider]]:
    """Every known class by its identifier: those built in, registered, or named by installed packages.

    A package names its classes in the entry point group ``llmproviders.providers``; those that cannot be had are left out,
    and `provider_class` says why.
    """
    return _classes.all()


def from_options(identifier: str, options: Mapping[str, str]) -> Provider:
    """The provider of a flat dict of Java keys and texts: of the identifier's class, else a `GenericProvider`.

    Raises:
        InvalidOptionsError: listing everything that is wrong with the options.
    """
    cls, wrong = find_class(identifier)
    new, error = GenericProvider.named(identifier, options) if cls is GenericProvider else cls._read(options)
    if wrong:
        error = ProviderError(wrong)
    if error is not None:
        del options
        raise error
    return new


# Providers by name ----------------------------------------------------------------------------------------------------

_lock: Final = threading.RLock()
_providers: dict[str, Provider] = {}
_default: str | None = None
_current: ContextVar[Provider | None] = ContextVar("llmproviders_current", default=None)


def set_provider(name_or_provider: str | Provider, provider: Provider | None = None, /, **options: Any) -> Provider:
    """Register a provider for the whole process, and return it; registering a name again replaces it and keeps its place.

    ``set_provider(provider)`` registers under the provider's identifier, ``set_provider("chat", provider)`` under a
    name, and ``set_provider("openai-compat", **options)`` makes the provider of that identifier first.

    Args:
        name_or_provider: a provider; the name for *provider*; or the identifier that *options* are for.
        provider: a provider, where a name is given first.
        options: options of the identifier's class by Python names; of a `GenericProvider` if it has no class.

    Raises:
        TypeError: if it is called in another way.
        InvalidOptionsError: if the options are no provider's.
    """
    if isinstance(name_or_provider, Provider) and provider is None and not options:
        name, provider = name_or_provider.provider_name(), name_or_provider
    elif isinstance(name_or_provider, str) and provider is None:
        name = name_or_provider
        cls, wrong = find_class(name)
        provider, error = GenericProvider.named_with(name, options) if cls is GenericProvider else cls.made(options)
        if wrong:
            error = ProviderError(wrong)
        if error is not None:
            del options
            raise error
    elif isinstance(name_or_provider, str) and isinstance(provider, Provider) and not options:
        name = name_or_provider
    else:
        del name_or_provider, provider, options
        msg = "expected set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)"
        raise TypeError(msg)
    if not name:
        del options
        msg = "set_provider(): expected a name that is not empty"
        raise ProviderError(msg)
    with _lock:
        _providers[name] = provider
    return provider


def set_default_provider(name: str) -> None:
    """Make a registered provider the one that is meant where no name is given.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    global _default  # noqa: PLW0603
    with _lock:
        if name not in _providers:
            raise _unknown(name)
        _default = name


def get_provider(name: str | None = None) -> Provider:
    """The registered provider of that name; without a name that of `using_provider`, else the default, else the only one.

    Raises:
        UnknownProviderError: if there is none, or several and no default; the message lists the names.
    """
    if name is None and (current := _current.get()) is not None:
        return current
    with _lock:
        if name is not None:
            if name not in _providers:
                raise _unknown(name)
            return _providers[name]
        if _default is not None:
            return _providers[_default]
        if len(_providers) == 1:
            return next(iter(_providers.values()))
        if not _providers:
            msg = "no provider is registered; call set_provider() first"
            raise UnknownProviderError(msg)
        msg = f"several providers are registered ({', '.join(_providers)}); name one, or call set_default_provider()"
        raise UnknownProviderError(msg)


def list_providers() -> list[str]:
    """The registered names, in the order of their registration."""
    with _lock:
        return list(_providers)


def remove_provider(name: str) -> Provider:
    """Take a provider out of the registry, and return it; if it was the default, there is none any more.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    global _default  # noqa: PLW0603
    with _lock:
        if name not in _providers:
            raise _unknown(name)
        if _default == name:
            _default = None
        return _providers.pop(name)


@contextmanager
def using_provider(name_or_provider: str | Provider) -> Iterator[Provider]:
    """Within the block, and only in its thread or task, make a provider the one that is meant without a name.

    The context manager gives the provider.

    Args:
        name_or_provider: a provider, or the name of a registered one.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    provider = name_or_provider if isinstance(name_or_provider, Provider) else get_provider(name_or_provider)
    token = _current.set(provider)
    try:
        yield provider
    finally:
        _current.reset(token)


def _unknown(name: object) -> UnknownProviderError:
    names = ", ".join(_providers) or "none"
    hint = did_you_mean(name, list(_providers)) if isinstance(name, str) else ""
    return UnknownProviderError(f"no provider is registered as {name!r}; registered: {names}{f'; {hint}' if hint else ''}")
