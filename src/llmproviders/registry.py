# SPDX-License-Identifier: Apache-2.0
"""Providers by name, for the whole process or for a block of code; and classes by identifier."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakValueDictionary

import attrs

from .boundary import public
from .errors import InvalidClassError, InvalidOptionsError, Problem, ProviderError, UnknownProviderError, invalid
from .fields.description import is_unbuilt
from .messages import did_you_mean, shown
from .providers.base import Provider
from .providers.generic import GenericProvider, merged
from .providers.openai import OpenAIProvider
from .providers.openai_compat import DashScopeProvider, OpenAICompatProvider
from .providers.triton import TritonProvider
from .secrets import MASK, looks_like_key, mask_urls

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

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

    def get(self, identifier: str) -> type[Provider] | None:
        """The class, if there is one.

        Raises:
            ProviderError: if a package names one that cannot be had.
        """
        found = self._known.get(identifier) or self.all().get(identifier)
        if found is None and identifier in self._broken:
            raise ProviderError(self._broken[identifier])
        return found

    def _load(self) -> None:
        from importlib.metadata import entry_points

        for entry in entry_points(group=ENTRY_POINTS):
            if entry.name in self._known:
                continue
            try:
                self._known[entry.name] = _load_class(entry)
            except ProviderError as error:
                package = ""
                with suppress(Exception):
                    package = f" of package {_short(str(entry.dist.name))}" if entry.dist is not None else ""
                expected = f"a Provider class with the identifier {shown(entry.name)}"
                self._broken[entry.name] = f"entry point {_short(entry.name)}{package}: expected {expected}, got {error}"


def _load_class(entry: EntryPoint) -> type[Provider]:
    """The class that an entry point names.

    Raises:
        ProviderError: if it names something else, with a phrase for that.
    """
    value = _short(entry.value)
    try:
        cls = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001
        # A package that is broken must not keep the others from being used.
        kind, said = type(error).__name__, ""
        with suppress(Exception):
            said = _short(str(error))
        raise ProviderError(f"{value}, which fails with {kind}{said and ': '}{said}") from None
    if not (isinstance(cls, type) and issubclass(cls, Provider)):
        raise ProviderError(value)
    identifier = getattr(cls, "identifier", None)
    if not identifier:
        raise ProviderError(f"{value}, which has no identifier")
    if identifier != entry.name:
        raise ProviderError(f"{value}, whose identifier is {shown(identifier)}")
    for base in cls.__mro__:
        if is_unbuilt(base):
            raise ProviderError(f"{value}, where {base.__name__} is no attrs class: decorate it with @attrs.frozen(kw_only=True)")
    return cls


def _short(text: str) -> str:
    """Somebody else's text in one line of at most 200 characters, without what looks like a credential."""
    text = mask_urls(" ".join(text.split()))
    text = re.sub(r"[\w-]+", lambda word: MASK if looks_like_key(word[0]) else word[0], text)
    text = text if len(text) <= 200 else f"{text[:197]}..."  # noqa: PLR2004
    return text.encode("utf-8", "backslashreplace").decode()


_classes: Final = _Classes()


@public
def register_provider_class(cls: _Class) -> _Class:
    """Make *cls* the class of its identifier, in place of another one, and return it; also usable as a class decorator.

    Raises:
        InvalidClassError: if it is no `Provider` class with an identifier.
    """
    given: object = cls
    identifier = getattr(given, "identifier", None) if isinstance(given, type) and issubclass(given, Provider) else None
    if not (isinstance(identifier, str) and identifier):
        got = given.__name__ if isinstance(given, type) else shown(given)
        msg = f"register_provider_class(): expected a Provider class that has an identifier, got {got}"
        raise InvalidClassError(msg)
    if is_unbuilt(cls):
        msg = f"{cls.__name__} is no attrs class yet: write @register_provider_class above @attrs.frozen(kw_only=True)"
        raise InvalidClassError(msg)
    _classes.add(cls, identifier)
    return cls


for _cls in (OpenAICompatProvider, DashScopeProvider, TritonProvider, OpenAIProvider):
    register_provider_class(_cls)


@public
def provider_class(identifier: str) -> type[Provider]:
    """The class of an identifier; `GenericProvider` if it has none.

    Raises:
        ProviderError: if an installed package names a class for it that cannot be had.
        InvalidTypeError: if the identifier is no `str`.
    """
    return _class_of("provider_class", identifier)


def _class_of(subject: str, identifier: object) -> type[Provider]:
    if not isinstance(identifier, str):
        raise invalid(subject, [Problem("identifier", "a str", got=shown(identifier), is_type=True)])
    return _classes.get(identifier) or GenericProvider


def provider_classes() -> dict[str, type[Provider]]:
    """Every known class by its identifier: those built in, registered, or named by installed packages.

    A package names its classes in the entry point group ``llmproviders.providers``; those that cannot be had are left out,
    and `provider_class` says why.
    """
    return _classes.all()


@public
def from_options(identifier: str, options: Mapping[str, str]) -> Provider:
    """The provider of a flat dict of Java keys and strings: of the identifier's class, else a `GenericProvider`.

    Raises:
        InvalidOptionsError: listing everything that is wrong with the options.
    """
    cls = _class_of("from_options", identifier)
    if cls is not GenericProvider or not isinstance(options, Mapping):
        return cls.from_options(options)
    named = {**options, "provider": identifier}
    given: object = options.get("provider", identifier)
    if isinstance(given, str) and given == identifier:
        return cls.from_options(named)
    problems = [Problem("provider", shown(identifier), got=shown(given))]
    try:
        cls.from_options(named)
    except InvalidOptionsError as error:
        problems = [*error.problems, *problems]
    raise invalid(cls.__name__, problems)


# Providers by name ----------------------------------------------------------------------------------------------------

_lock: Final = threading.RLock()
_providers: dict[str, Provider] = {}
_default: str | None = None


@attrs.define(eq=False)
class _Use:
    """One open block of `using_provider`."""

    provider: Provider
    within: _Use | None
    """The block of a generator that is around this one."""


class _Uses(list[_Use]):
    """The open blocks in the frame of one generator; unlike a plain list it can be referred to weakly."""


# A block holds for its context, as a context variable does. A block in a generator holds only while the generator runs, that is
# while its frame is on the call stack; `using_provider` keeps the frame alive, so that its id is the frame's.
_current: Final[ContextVar[tuple[_Use, ...]]] = ContextVar("llmproviders_current", default=())
_in_generators: Final[WeakValueDictionary[int, _Uses]] = WeakValueDictionary()
_GENERATOR: Final = 0x20 | 0x200  # inspect.CO_GENERATOR and inspect.CO_ASYNC_GENERATOR; importing inspect is slow
_ENTERING: Final = ("__enter__", "__aenter__", "enter_context", "enter_async_context")
"""Functions that enter a block for their caller."""


@public
def set_provider(name_or_provider: str | Provider, provider: Provider | None = None, /, **options: Any) -> Provider:
    """Register a provider for the whole process, and return it; registering a name again replaces it and keeps its place.

    ``set_provider(provider)`` registers under the provider's identifier, ``set_provider("chat", provider)`` under a
    name, and ``set_provider("openai-compat", **options)`` makes the provider of that identifier first.

    Args:
        name_or_provider: a provider; the name for *provider*; or the identifier that *options* are for.
        provider: a provider, where a name is given first.
        options: options of the identifier's class by Python names; of a `GenericProvider` if it has no class.

    Raises:
        InvalidTypeError: if it is called in another way.
        InvalidOptionsError: if the options are no provider's, or the name is empty.
    """
    if isinstance(name_or_provider, Provider) and provider is None and not options:
        name, provider = name_or_provider.provider_name(), name_or_provider
    elif isinstance(name_or_provider, str) and provider is None:
        name = name_or_provider
        cls = _class_of("set_provider", name)
        provider = GenericProvider(name, extra_options=merged({}, options)) if cls is GenericProvider else cls(**options)
    elif isinstance(name_or_provider, str) and isinstance(provider, Provider) and not options:
        name = name_or_provider
    else:
        expected = "set_provider(provider), set_provider(name, provider) or set_provider(identifier, **options)"
        raise invalid("set_provider", [Problem("", expected, is_type=True)])
    if not name:
        raise invalid("set_provider", [Problem("name", "a name that is not empty", got=shown(name))])
    with _lock:
        _providers[str.__str__(name)] = provider
    return provider


@public
def set_default_provider(name: str) -> None:
    """Make a registered provider the one that is meant where no name is given.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    global _default  # noqa: PLW0603
    with _lock:
        _default = _registered(name)


@public
def get_provider(name: str | None = None) -> Provider:
    """The registered provider of that name; without a name that of `using_provider`, else the default, else the only one.

    Raises:
        UnknownProviderError: if there is none, or several and no default; the message lists the names.
    """
    if name is None and (use := _innermost_use()) is not None:
        return use.provider
    with _lock:
        if name is not None:
            return _providers[_registered(name)]
        if _default is not None:
            return _providers[_default]
        if len(_providers) == 1:
            return next(iter(_providers.values()))
        msg = "no provider is registered; call set_provider() first"
        if _providers:
            msg = f"several providers are registered ({names_of(_providers)}); name one, or call set_default_provider()"
    if _in_generators:
        msg += "; using_provider() in a generator, such as a fixture, holds only while the generator runs"
    raise UnknownProviderError(msg)


def list_providers() -> list[str]:
    """The registered names, in the order of their registration."""
    with _lock:
        return list(_providers)


@public
def remove_provider(name: str) -> Provider:
    """Take a provider out of the registry, and return it; if it was the default, there is none any more.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    global _default  # noqa: PLW0603
    with _lock:
        name = _registered(name)
        if _default == name:
            _default = None
        return _providers.pop(name)


def _registered(name: object) -> str:
    """*name*, if it is registered."""
    if isinstance(name, str) and (found := str.__str__(name)) in _providers:
        return found
    raise UnknownProviderError(f"no provider is registered as {shown(name)}; registered: {names_and_hint(name, _providers)}")


def names_and_hint(name: object, known: Mapping[str, object]) -> str:
    """The *known* names, for a message that *name* is none of them, and a guess at which was meant."""
    plain = [each for each in known if _is_plain(each)]
    hint = did_you_mean(name, plain) if isinstance(name, str) and _is_plain(name) else ""
    return f"{names_of(known)}{hint and '; '}{hint}"


def names_of(known: Mapping[str, object]) -> str:
    """The first 20 of the *known* names, and how many more there are."""
    names: Sequence[str] = [each if _is_plain(each) else shown(each) for each in known]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""  # noqa: PLR2004
    return ", ".join(names[:20]) + more or "none"


def _is_plain(name: str) -> bool:
    return len(name) <= 60 and name.isprintable()  # noqa: PLR2004


# Providers for a block ------------------------------------------------------------------------------------------------


@contextmanager
def using_provider(name_or_provider: str | Provider) -> Iterator[Provider]:
    """Within the block, and only in its thread or task, make a provider the one that is meant without a name.

    The context manager gives the provider. In a generator the block holds for the generator's own code and what it calls, not
    for the code that consumes the generator, nor for tasks that it starts. So a pytest fixture that yields inside the block
    does not set the provider of its tests; use `set_provider` there. A generator under `contextlib.contextmanager` is the
    exception: its block holds for the body of the ``with`` statement.

    Args:
        name_or_provider: a provider, or the name of a registered one.

    Raises:
        UnknownProviderError: if no provider has that name.
    """
    provider = name_or_provider if isinstance(name_or_provider, Provider) else get_provider(name_or_provider)
    use = _Use(provider, _generator_use())
    generator = _generator_of_block()
    if generator is None:
        _current.set((*_current.get(), use))
        try:
            yield provider
        finally:
            # No token: blocks may be left in any order, and in another context.
            _current.set(tuple(each for each in _current.get() if each is not use))
    else:
        uses = _in_generators.setdefault(id(generator), _Uses())
        uses.append(use)
        try:
            yield provider
        finally:
            uses.remove(use)
            if not uses:
                _in_generators.pop(id(generator), None)


def _generator_of_block() -> FrameType | None:
    """The frame of the generator in which the ``with`` statement stands; None if it stands elsewhere."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_code.co_name in _ENTERING or _runs_to_enter(frame)):
        frame = frame.f_back
    return frame if frame is not None and frame.f_code.co_flags & _GENERATOR else None


def _runs_to_enter(frame: FrameType) -> bool:
    """Whether it is the frame of a generator that `contextlib` runs to enter a block, such as that of `using_provider`."""
    return bool(frame.f_code.co_flags & _GENERATOR and frame.f_back and frame.f_back.f_code.co_name in _ENTERING)


def _innermost_use() -> _Use | None:
    """The block that holds for the code that runs now."""
    around = _generator_use()
    for use in reversed(_current.get()):
        if around is None or use.within is around:
            return use
    return around


def _generator_use() -> _Use | None:
    """The last block of the nearest generator on the call stack that has one."""
    frame = sys._getframe() if _in_generators else None
    while frame is not None:
        uses = _in_generators.get(id(frame))
        if uses:
            return uses[-1]
        frame = frame.f_back
    return None
