# SPDX-License-Identifier: Apache-2.0
"""Resolvers: functions that look up the strings of secrets. `env`, `file` and `keyring` are built in.

No error of a resolver is shown or chained, because its message and its frames may contain the secret.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .boundary import public
from .credentials import mask_urls
from .entry_points import installed, load, shown_entry, shown_target
from .errors import Problem, ProviderError, SecretError, invalid, printable
from .optional import import_optional
from .regular_files import check_name, read_start
from .similar_names import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "Resolver",
    "Resolvers",
    "expected_reference",
    "is_name",
    "is_unicode",
    "known_resolvers",
    "register_secret_resolver",
    "resolve",
]

Resolver: TypeAlias = Callable[[str], str]
"""A function that returns the string of a secret for a reference, such as ``kv/llm#key``."""

ENTRY_POINTS: Final = "llmproviders.secrets"
"""The entry point group for the resolvers of a package: ``name = "package.module:function"``."""

MAX_BYTES: Final = 1_048_576
"""The greatest size of the file of a secret."""

_NAME: Final = r"[a-z][a-z0-9_-]*"
_RESERVED: Final = ("default", "placeholder", "secret", "text")
"""Names with another meaning in documents, or as the source of a secret."""


# The built-in resolvers -----------------------------------------------------------------------------------------------


class _Unresolved(Exception):
    """The error of a built-in resolver. Its message contains no secret, and continues a sentence that begins with the source."""


def _read_variable(name: str) -> str:
    text = os.environ.get(name, "")
    if not text:
        raise _Unresolved("is not set or empty; set it where the job is submitted")
    return text


def _read_file(path: str) -> str:
    try:
        content = read_start(path, MAX_BYTES + 1)
    except OSError as error:
        raise _Unresolved(f"cannot be read: {error.strerror}; check the path and its permissions") from None
    if len(content) > MAX_BYTES:
        raise _Unresolved(f"has more than {MAX_BYTES} bytes; it is not the file of a secret")
    try:
        text = re.sub(r"\r?\n\Z", "", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _Unresolved("cannot be read: it is not UTF-8 text; save it as UTF-8") from None
    if not text:
        raise _Unresolved("is empty; write the secret into it")
    return text


def _read_keyring(reference: str) -> str:
    try:
        keyring = import_optional("keyring", "keyring")
    except ProviderError as error:
        raise _Unresolved(f"cannot be resolved: {error}") from None
    service, _, user = reference.rpartition("/")
    text: str = keyring.get_password(service, user)
    if not text:
        raise _Unresolved("is not in the keyring, or empty; store it with: keyring set SERVICE USER")
    return text


_BUILT_IN: Final[dict[str, Resolver]] = {"env": _read_variable, "file": _read_file, "keyring": _read_keyring}


# References -----------------------------------------------------------------------------------------------------------


def _is_path(path: str) -> bool:
    """Whether a file can have this path."""
    with suppress(OSError):
        check_name(path)
        return bool(path)
    return False


def _is_plain(reference: str) -> bool:
    """Whether a message may show the reference."""
    return bool(reference) and reference.isprintable() and mask_urls(reference) == reference


_REFERENCES: Final[dict[str, tuple[Callable[[str], bool], str]]] = {
    "env": (
        lambda name: name.isascii() and name.isidentifier(),
        "the name of an environment variable (letters, digits and underscores)",
    ),
    "file": (_is_path, "the path of a file"),
    "keyring": (
        lambda reference: _is_plain(reference) and all(reference.rpartition("/")[::2]),
        "a service and a user with a slash between them",
    ),
}


def expected_reference(resolver: str, reference: object) -> str:
    """A description of the references that a resolver accepts; empty if it accepts *reference*."""
    accepts, expected = _REFERENCES.get(resolver, (_is_plain, "a reference: a printable string without credentials in it"))
    return "" if isinstance(reference, str) and accepts(reference) else expected


# Resolvers by name ----------------------------------------------------------------------------------------------------


class Resolvers:
    """Resolvers by name: built in, registered, or of an installed package. Those of packages are loaded at their first use."""

    def __init__(self) -> None:
        self.known = dict(_BUILT_IN)
        self._lock = threading.Lock()
        self.entries: dict[str, EntryPoint] | None = None

    def names(self) -> list[str]:
        """The names of all resolvers. Resolvers of packages are not loaded, and may be broken."""
        return [*{**self.known, **self._installed()}]

    def __contains__(self, name: object) -> bool:
        return name in self.known or (isinstance(name, str) and name in self._installed())

    def add(self, name: str, function: Resolver) -> None:
        """Make *function* the resolver of a name."""
        self.known[name] = function

    def get(self, name: str) -> Resolver:
        """Return the resolver of a name.

        Raises:
            ProviderError: if there is none, or its package is broken.
        """
        found = self.known.get(name)
        if found is None:
            found = self._load(name)
            self.known.setdefault(name, found)
        return found

    def _load(self, name: str) -> Resolver:
        entry = self._installed().get(name)
        if entry is None:
            hint = did_you_mean(name, self.names()) or "register it, or install its package"
            raise ProviderError(f"there is no secret resolver {name}; {hint}")
        reason = shown_target(entry)
        try:
            function: Any = load(entry)
        except ProviderError as error:
            reason = str(error)
        else:
            if callable(function):
                return function  # type: ignore[no-any-return]
        raise ProviderError(f"{shown_entry(entry)}: expected a function, got {reason}")

    def _installed(self) -> dict[str, EntryPoint]:
        """The entry points of packages by name; they are looked up once."""
        with self._lock:
            if self.entries is None:
                self.entries = {entry.name: entry for entry in reversed(installed(ENTRY_POINTS)) if is_name(entry.name)}
            return self.entries


known_resolvers: Final = Resolvers()


def is_name(name: object) -> bool:
    """Whether a resolver can be registered under this name."""
    return isinstance(name, str) and re.fullmatch(_NAME, name) is not None and name not in _RESERVED and name not in _BUILT_IN


@public
def register_secret_resolver(name: str, function: Callable[[str], str]) -> None:
    """Register the function that resolves references such as ``Secret.from_resolver(name, "kv/llm#key")``.

    The function gets the reference, here ``"kv/llm#key"``, each time the secret is revealed, and returns the secret string.
    Its exceptions are reported as a `SecretError` without their messages, which may contain the secret.

    Args:
        name: the name in code and in files: lower-case letters, digits, hyphens and underscores. It replaces a registered
            resolver of the same name, but not the built-in ``env``, ``file`` and ``keyring``.
        function: the function.

    Raises:
        InvalidOptionsError: if the name cannot be used; an `InvalidTypeError` if *name* is not a `str`, or *function* cannot be
            called.
    """
    problems = []
    if not is_name(name):
        expected = f"lower-case letters, digits, hyphens and underscores, but not {', '.join([*_BUILT_IN, *_RESERVED])}"
        problems.append(Problem("name", expected, is_type=not isinstance(name, str)))
    given: object = function
    if not callable(given):
        problems.append(Problem("function", "a function", got=f"a value of type {printable(type(given).__name__)}", is_type=True))
    if problems:
        raise invalid("register_secret_resolver", problems)
    known_resolvers.add(str.__str__(name), function)


def resolve(resolver: str, reference: str) -> str:
    """The secret string of a reference.

    Raises:
        SecretError: if it cannot be resolved.
    """
    try:
        function = known_resolvers.get(resolver)
    except ProviderError as error:
        text, problem = "", f"cannot be resolved: {error}"
    else:
        text, problem = _called(function, reference)
    if text:
        return text
    subject = {"env": "environment variable ", "file": "secret file "}.get(resolver, f"secret {resolver}:")
    raise SecretError(f"{subject}{reference if reference.isprintable() else ascii(reference)} {problem}")


def _called(function: Callable[[str], Any], reference: str) -> tuple[str, str]:
    """The string that a resolver returns, and an empty string; or an empty string, and the problem."""
    try:
        text = function(reference)
    except _Unresolved as error:
        return "", str(error)
    except Exception as error:  # noqa: BLE001
        return "", f"cannot be resolved: the resolver raised {printable(type(error).__name__)}"
    # A subclass such as `MaskedText` may hold another string than it shows.
    if type(text) is not str:
        return "", f"cannot be resolved: the resolver returned a value of type {printable(type(text).__name__)}, expected a str"
    if not text:
        return "", "cannot be resolved: the resolver returned an empty string"
    return (text, "") if is_unicode(text) else ("", "is not UTF-8 text")


def is_unicode(text: str) -> bool:
    """Whether *text* has no surrogates, such as Python reads in place of bytes that are not UTF-8."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
