# SPDX-License-Identifier: Apache-2.0
"""The registry: providers by name for the whole process, and `using_provider` for a block of code."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs

from .blocks import block, blocks_in_generators, current_provider
from .boundary import public
from .errors import Problem, UnknownProviderError, invalid
from .messages import names_and_hint, names_of, shown
from .providers.base import Provider
from .providers.classes import class_of
from .providers.generic import GenericProvider, merged

__all__ = [
    "get_provider",
    "list_providers",
    "remove_provider",
    "set_default_provider",
    "set_provider",
    "using_provider",
]


@attrs.define(eq=False)
class Registered:
    """The providers that a process has registered."""

    providers: dict[str, Provider] = attrs.field(factory=dict)
    default: str | None = None
    """The name of the default provider; None if there is no default."""
    lock: threading.RLock = attrs.field(factory=threading.RLock)


registered: Final = Registered()


@public
def set_provider(name_or_provider: str | Provider, provider: Provider | None = None, /, **options: Any) -> Provider:
    """Register a provider for the whole process, and return it.

    ``set_provider(provider)`` registers it under its identifier, and ``set_provider("chat", provider)`` under a name.
    ``set_provider("openai-compat", **options)`` makes a provider and registers it under its identifier. A provider that was
    registered under the same name is replaced, in its position.

    Args:
        name_or_provider: a provider; the name for *provider*; or the identifier for *options*.
        provider: a provider, if the first argument is a name.
        options: options of the identifier's class by Python names; of a `GenericProvider` if there is no class.

    Raises:
        InvalidTypeError: if it is called in another way.
        InvalidOptionsError: if the options are not valid, or the name is empty.
    """
    if isinstance(name_or_provider, Provider) and provider is None and not options:
        name, provider = name_or_provider.provider_name(), name_or_provider
    elif isinstance(name_or_provider, str) and provider is None:
        name = name_or_provider
        cls = class_of("set_provider", name)
        provider = GenericProvider(name, extra_options=merged({}, options)) if cls is GenericProvider else cls(**options)
    elif isinstance(name_or_provider, str) and isinstance(provider, Provider) and not options:
        name = name_or_provider
    else:
        expected = "set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)"
        raise invalid("set_provider", [Problem("", expected, is_type=True)])
    if not name:
        raise invalid("set_provider", [Problem("name", "a name that is not empty", got=shown(name))])
    with registered.lock:
        registered.providers[str.__str__(name)] = provider
    return provider


@public
def set_default_provider(name: str) -> None:
    """Make a registered provider the default, for calls without a name.

    Args:
        name: the name of the provider.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    with registered.lock:
        registered.default = _registered_name(name)


@public
def get_provider(name: str | None = None) -> Provider:
    """Return a registered provider.

    Args:
        name: the name of the provider. Without a name: the provider of `using_provider`, else the default, else the only
            registered provider.

    Raises:
        UnknownProviderError: if no provider has that name; without a name, if no provider is registered, or several are and
            none of them is the default.
    """
    if name is None and (current := current_provider()) is not None:
        return current
    with registered.lock:
        providers = registered.providers
        if name is not None:
            return providers[_registered_name(name)]
        if registered.default is not None:
            return providers[registered.default]
        if len(providers) == 1:
            return next(iter(providers.values()))
        msg = "no provider is registered; call set_provider() first"
        if providers:
            msg = f"several providers are registered ({names_of(providers)}); name one, or call set_default_provider()"
    if blocks_in_generators:
        msg += "; using_provider() in a generator, such as a fixture, holds only while the generator runs"
    raise UnknownProviderError(msg)


def list_providers() -> list[str]:
    """Return the registered names, in the order of their registration."""
    with registered.lock:
        return list(registered.providers)


@public
def remove_provider(name: str) -> Provider:
    """Remove a provider from the registry, and return it. If it was the default, there is no default afterwards.

    Args:
        name: the name of the provider.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    with registered.lock:
        name = _registered_name(name)
        if registered.default == name:
            registered.default = None
        return registered.providers.pop(name)


def _registered_name(name: object) -> str:
    """*name* as a plain `str`, if it is registered."""
    known = registered.providers
    if isinstance(name, str) and (found := str.__str__(name)) in known:
        return found
    raise UnknownProviderError(f"no provider is registered as {shown(name)}; registered: {names_and_hint(name, known)}")


@contextmanager
def using_provider(name_or_provider: str | Provider) -> Iterator[Provider]:
    """Return a context manager that makes a provider the current one, for calls without a name, and yields the provider.

    The block applies only to its thread or asyncio task. A block in a generator applies to the generator's code and to functions
    called there, but not to the consumer of the generator, nor to tasks started there. So a pytest fixture that yields inside a
    block does not set the provider of its tests; use `set_provider` there. A generator under `contextlib.contextmanager` is the
    exception: its block applies to the body of the ``with`` statement.

    Args:
        name_or_provider: a provider, or the name of a registered one.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    provider = name_or_provider if isinstance(name_or_provider, Provider) else get_provider(name_or_provider)
    with block(provider):
        yield provider
