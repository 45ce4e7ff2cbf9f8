# SPDX-License-Identifier: Apache-2.0
"""Strings that are shown masked: `Secret` and `MaskedText`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NoReturn, TypeAlias

import attrs

from .boundary import public
from .credentials import MASK, is_placeholder, is_redacted
from .errors import Problem, SecretError, dotted, invalid
from .resolvers import expected_reference, is_unicode, known_resolvers, resolve
from .similar_names import did_you_mean

__all__ = [
    "MaskedText",
    "Parts",
    "PartsPath",
    "Secret",
    "each_part",
    "known_strings",
    "literal",
    "mapped",
    "masked",
    "parts_of",
    "reveal",
    "visible_secret",
    "with_references",
]

Parts: TypeAlias = Any
"""The parts of headers, a body or a map: dicts, lists and scalars. A hidden string is a `Secret`; a partly hidden string is a
`MaskedText`."""
PartsPath: TypeAlias = tuple[str | int, ...]
"""The names and indexes that lead to a part."""


class Secret:
    """A string that is shown as one constant mask everywhere; only `reveal` returns it.

    ``Secret("sk-...")`` holds the string itself: it is literal. `from_env`, `from_file` and `from_resolver` make references. A
    reference is resolved at each `reveal`, so that a rotated key takes effect; references are compared and printed as references.
    A placeholder of the platform, such as ``${secret_values.key}``, is not secret and is shown unmasked.

    >>> key = Secret("sk-1")
    >>> print(key, key.reveal())
    ****** sk-1
    >>> Secret.from_env("DEEPSEEK_API_KEY")
    Secret.from_env('DEEPSEEK_API_KEY')

    Args:
        text: the secret string, or a placeholder.

    Raises:
        InvalidTypeError: if *text* is not a `str`.
    """

    __slots__ = ("_held", "is_reference")
    # A literal secret: its string. Any other secret: the source, the placeholder or reference, and the default.
    _held: str | tuple[str, str, Secret | None]
    is_reference: bool
    """Whether the secret is a reference, which `reveal` resolves."""

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        # The code that masks and resolves secrets tests for exactly this type.
        msg = "Secret cannot be subclassed"
        raise TypeError(msg)

    @public
    def __new__(cls, text: str) -> Secret:  # noqa: PYI034
        """Make a literal secret, or a placeholder if *text* is one."""
        given: object = text
        if not isinstance(given, str):
            raise invalid("Secret()", [Problem("", "a str", got=type(given).__name__, is_type=True)])
        text = str.__str__(reveal(text))
        return cls._make("placeholder" if is_placeholder(text) else "text", text)

    @classmethod
    def _make(cls, source: str, text: str, default: Secret | None = None) -> Secret:
        self = _new(cls)
        _set_held(self, text if source == "text" else (source, text, default))
        _set_is_reference(self, source not in ("text", "placeholder"))
        return self

    @classmethod
    @public
    def from_env(cls, name: str, *, default: str | Secret | None = None) -> Secret:
        """Make a reference to the environment variable *name*, which is read at each `reveal`.

        Args:
            name: the name of the variable: letters, digits and underscores.
            default: the secret string, or a placeholder, to use if the variable is unset or empty. It is masked, and files treat
                it, as a literal secret.

        Raises:
            InvalidOptionsError: if it cannot be the name of a variable, or the default is empty or a reference; an
                `InvalidTypeError` if one of them is not a `str`.
        """
        problems = []
        # The message does not show the name: it may be the secret itself.
        if expected := expected_reference("env", name):
            problems.append(Problem("", expected, is_type=not isinstance(name, str)))
        if default is not None and (problem := _default_problem(default)):
            problems.append(problem)
        if problems:
            raise invalid("Secret.from_env()", problems)
        return cls._make("env", str.__str__(name), None if default is None else Secret(reveal(default)))

    @classmethod
    @public
    def from_file(cls, path: str | os.PathLike[str]) -> Secret:
        """Make a reference to a UTF-8 file, which is read at each `reveal`.

        One line break at its end and a byte order mark at its start are not part of the secret. The file must be a regular one
        of at most 1 MiB: a FIFO or a device is refused.

        Args:
            path: the path of the file; a relative path starts at the directory that is current at `reveal`.

        Raises:
            InvalidOptionsError: if the path is empty, or no file can have it; an `InvalidTypeError` if it is not a path.
        """
        name: Any = None
        # A third-party path class may raise any exception.
        with suppress(Exception):
            name = os.fspath(path)
        if expected := expected_reference("file", name):
            raise invalid("Secret.from_file()", [Problem("", expected, is_type=not isinstance(name, str))])
        return cls._make("file", str.__str__(name))

    @classmethod
    @public
    def from_resolver(cls, name: str, reference: str) -> Secret:
        """Make a reference for the resolver *name*, which is called at each `reveal`.

        Args:
            name: the name of a resolver that `register_secret_resolver` registered, that an installed package has, or that is
                built in: ``env``, ``file`` or ``keyring``.
            reference: a string that the resolver accepts, such as ``kv/llm#key``. It is not masked.

        Raises:
            InvalidOptionsError: if there is no such resolver, or it accepts no such reference; an `InvalidTypeError` if one of
                them is not a `str`.
        """
        problems = []
        if not isinstance(name, str) or name not in known_resolvers:
            names = known_resolvers.names()
            hint = (did_you_mean(name, names) if isinstance(name, str) else "") or "register_secret_resolver adds others"
            expected = f"the name of a secret resolver: {', '.join(names)}"
            problems.append(Problem("name", expected, hint=hint, is_type=not isinstance(name, str)))
        elif expected := expected_reference(name, reference):
            problems.append(Problem("reference", expected, is_type=not isinstance(reference, str)))
        if problems:
            raise invalid("Secret.from_resolver()", problems)
        return cls._make(str.__str__(name), str.__str__(reference))

    @property
    def source(self) -> str:
        """The kind of secret: ``text`` (literal), ``placeholder``, or the name of a resolver, such as ``env`` or ``file``."""
        return "text" if isinstance(self._held, str) else self._held[0]

    @property
    def reference(self) -> str:
        """The name of the variable, the path of the file, another reference, or the placeholder; empty for a literal secret."""
        return "" if isinstance(self._held, str) else self._held[1]

    @property
    def default(self) -> Secret | None:
        """The secret to use if the environment variable is unset or empty; None if there is none."""
        return None if isinstance(self._held, str) else self._held[2]

    def reveal(self) -> str:
        """Return the secret string. A reference is resolved.

        Raises:
            SecretError: if a reference cannot be resolved, for example because the variable or the file is missing.
        """
        if isinstance(self._held, str):
            return self._held
        source, reference, default = self._held
        if source == "placeholder":
            return reference
        if default is not None and not os.environ.get(reference):
            return default.reveal()
        return resolve(source, reference)

    def __repr__(self) -> str:
        if self.is_reference:
            default = "" if self.default is None else f", default={str(self.default)!r}"
            function = f"{self.source}(" if self.source in ("env", "file") else f"resolver({self.source!r}, "
            return f"Secret.from_{function}{self.reference!r}{default})"
        return f"Secret({str(self)!r})"

    def __str__(self) -> str:
        return self.reference if self.source == "placeholder" else MASK

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return self._held == other._held if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash((Secret, self._held))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return Secret._make, (self.source, self.reference or self.reveal(), self.default)


def _default_problem(default: object) -> Problem | None:
    """The problem of the default of a variable; None if it can be used."""
    if not isinstance(default, (str, Secret)):
        return Problem("default", "a str", is_type=True)
    if isinstance(default, (Secret, MaskedText)) and default.is_reference:
        return Problem("default", "a literal secret or a placeholder", got="a reference")
    string = reveal(default)
    if is_redacted(string):
        return Problem("default", "the real value", hint="this is the mask of a redacted value; use the original, or a reference")
    return None if string and is_unicode(string) else Problem("default", "a string that is not empty, without surrogates")


# `__setattr__` refuses everything, so that the slots are set with their descriptors.
_new = object.__new__
_set_held = Secret.__dict__["_held"].__set__
_set_is_reference = Secret.__dict__["is_reference"].__set__


class MaskedText(str):
    """A string that contains credentials: its characters are the masked form, and `reveal` returns the real string.

    It is printed, formatted, encoded and logged in the masked form. It is equal to the real string, and has the same hash.
    If one of the credentials is a reference, `reveal` resolves it each time; such strings are compared by their references, and
    their repr is that of the original mapping.
    """

    __slots__ = ("_real",)
    # The real string; if a part of it is a reference, the function that writes it, and the parts.
    _real: str | tuple[Callable[[Any], str], Parts]

    def __new__(cls, real: str, shown: str) -> MaskedText:  # noqa: PYI034
        """Make a string with the real value *real* and the masked form *shown*."""
        self = super().__new__(cls, shown)
        _set_real(self, real)
        return self

    @property
    def is_reference(self) -> bool:
        """Whether a part of the string is a reference, which `reveal` resolves."""
        return not isinstance(self._real, str)

    def reveal(self) -> str:
        """Return the string with its credentials. References are resolved.

        Raises:
            SecretError: if a reference cannot be resolved; the message names the header or the part of the body.
        """
        if isinstance(self._real, str):
            return self._real
        write, parts = self._real
        return write(mapped(parts, _resolved))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MaskedText):
            return self._real == other
        # Parts may be equal in another order, or with numbers in another spelling: compare the masked forms too.
        return self._real == other._real and (isinstance(self._real, str) or str.__eq__(self, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._real) if isinstance(self._real, str) else str.__hash__(self)

    def __repr__(self) -> str:
        # If the whole string is masked, the names of its parts are hidden too.
        return str.__repr__(self) if isinstance(self._real, str) or str.__eq__(self, MASK) else repr(self._real[1])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return _masked_text, (self._real, str(self))


_set_real = MaskedText.__dict__["_real"].__set__


def masked(real: str, shown: str) -> str:
    """*real* itself if it equals *shown*, else a `MaskedText` of both."""
    return real if real == shown else _masked_text(real, shown)


def _masked_text(real: Any, shown: str) -> MaskedText:
    new = str.__new__(MaskedText, shown)
    _set_real(new, real)
    return new


def with_references(parts: Parts, write: Callable[[Any], str], shown: str) -> MaskedText:
    """A string with references inside: *write* writes its *parts* at each `reveal`, and *shown* is the masked form."""
    return _masked_text((write, parts), shown)


def parts_of(text: MaskedText) -> Parts:
    """The parts of a string with references inside; they must not be changed."""
    assert not isinstance(text._real, str)  # noqa: SLF001
    return text._real[1]  # noqa: SLF001


def mapped(parts: Parts, function: Callable[[PartsPath, Any], Any], path: PartsPath = ()) -> Any:
    """A copy of *parts*, with the results of *function* for the path and the value of each scalar.

    It is recursive; JSON has at most 200 levels.
    """
    if isinstance(parts, dict):
        return {name: mapped(part, function, (*path, name)) for name, part in parts.items()}
    if isinstance(parts, list):
        return [mapped(part, function, (*path, index)) for index, part in enumerate(parts)]
    return function(path, parts)


def each_part(parts: Parts) -> Iterator[tuple[PartsPath, Any]]:
    """The path and the value of each scalar in *parts*."""
    found: list[tuple[PartsPath, Any]] = []
    mapped(parts, lambda path, part: found.append((path, part)))
    return iter(found)


def known_strings(value: object) -> Iterator[str]:
    """The real strings that a masked value holds; references are not resolved."""
    if isinstance(value, MaskedText) and value.is_reference:
        for _, part in each_part(parts_of(value)):
            yield from known_strings(part)
    elif isinstance(value, MaskedText) or (isinstance(value, Secret) and value.source == "text"):
        yield value.reveal()
    elif isinstance(value, Secret) and value.default is not None:
        yield from known_strings(value.default)


def _resolved(path: PartsPath, part: Any) -> Any:
    try:
        return reveal(part)
    except SecretError as error:
        message = str(error)
    msg = f"{dotted(path)}: {message}"
    raise SecretError(msg)


def reveal(value: str | Secret) -> str:
    """The real string of a value that may be masked."""
    return value.reveal() if isinstance(value, (Secret, MaskedText)) else value


def literal(text: str) -> Secret:
    """``Secret(text)``, but faster: for a `str` that is known not to be a placeholder."""
    new = _new(Secret)
    _set_held(new, text)
    _set_is_reference(new, False)  # noqa: FBT003
    return new


def visible_secret(text: str) -> Secret:
    """A secret that reveals and shows *text*, for use in place of another secret in redacted options."""
    return Secret._make("placeholder", text)
