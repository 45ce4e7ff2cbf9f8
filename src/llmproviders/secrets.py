# SPDX-License-Identifier: Apache-2.0
"""Strings that are shown masked: `Secret` and `MaskedText`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final, NoReturn, TypeAlias

import attrs

from .boundary import public
from .credentials import MASK, is_placeholder
from .errors import Problem, SecretError, dotted, invalid
from .regular_files import check_name, read_start

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
    "stand_in",
    "with_references",
]

Parts: TypeAlias = Any
"""The parts of headers, a body or a map: dicts, lists and scalars. A string that is hidden is a `Secret`, and one of which a
part is hidden is a `MaskedText`."""
PartsPath: TypeAlias = tuple[str | int, ...]
"""The names and indexes that lead to a part."""

_REFERENCES: Final = ("env", "file")
"""The sources that `Secret.reveal` reads at each call."""

MAX_BYTES: Final = 1_048_576
"""The greatest size of the file of a secret."""


class Secret:
    """A string that is shown as one constant mask everywhere; only `reveal` returns it.

    ``Secret("sk-...")`` holds the string itself: it is literal. `from_env` and `from_file` make references. A reference is
    resolved at each `reveal`, so that a rotated key takes effect; references are compared and printed as references.
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
    # The string of a literal secret; for other secrets the source, and the placeholder or reference.
    _held: str | tuple[str, str]
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
    def _make(cls, source: str, text: str) -> Secret:
        self = _new(cls)
        _set_held(self, text if source == "text" else (source, text))
        _set_is_reference(self, source in _REFERENCES)
        return self

    @classmethod
    @public
    def from_env(cls, name: str) -> Secret:
        """Make a reference to the environment variable *name*, which is read at each `reveal`.

        Args:
            name: the name of the variable: letters, digits and underscores.

        Raises:
            InvalidOptionsError: if it cannot be the name of a variable; an `InvalidTypeError` if it is not a `str`.
        """
        given: object = name
        if not isinstance(given, str) or not (given.isascii() and given.isidentifier()):
            # The message does not show it: it may be the secret itself.
            expected = "the name of an environment variable (letters, digits and underscores)"
            raise invalid("Secret.from_env()", [Problem("", expected, is_type=not isinstance(given, str))])
        return cls._make("env", str.__str__(name))

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
        name: object = None
        # A third-party path class may raise any exception.
        with suppress(Exception):
            name = os.fspath(path)
        if not isinstance(name, str) or not _is_name(name):
            problem = Problem("", "the path of a file", is_type=not isinstance(name, str))
            raise invalid("Secret.from_file()", [problem])
        return cls._make("file", str.__str__(name))

    @property
    def source(self) -> str:
        """The kind of secret: ``text`` (literal), ``placeholder``, ``env`` or ``file``."""
        return "text" if isinstance(self._held, str) else self._held[0]

    @property
    def reference(self) -> str:
        """The name of the variable, the path of the file, or the placeholder; empty for a literal secret."""
        return "" if isinstance(self._held, str) else self._held[1]

    def reveal(self) -> str:
        """Return the secret string. A reference is resolved.

        Raises:
            SecretError: if the variable or the file of a reference is missing, empty or not readable as UTF-8.
        """
        if isinstance(self._held, str):
            return self._held
        source, name = self._held
        if source == "placeholder":
            return name
        if source == "env":
            text = os.environ.get(name, "")
            problem = "is not set or empty; set it where the job is submitted"
            if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                text, problem = "", "is not UTF-8 text"
            subject = f"environment variable {name}"
        else:
            subject = f"secret file {name if name.isprintable() else ascii(name)}"
            text, problem = _read(name)
        if not text:
            msg = f"{subject} {problem}"
            raise SecretError(msg)
        return text

    def __repr__(self) -> str:
        if self.is_reference:
            return f"Secret.from_{self.source}({self.reference!r})"
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
        return Secret._make, (self.source, self.reference or self.reveal())


def _is_name(path: str) -> bool:
    """Whether a file can have this path."""
    with suppress(OSError):
        check_name(path)
        return bool(path)
    return False


def _read(path: str) -> tuple[str, str]:
    """The content of a secret file; if it is empty, the second string is the problem."""
    try:
        content = read_start(path, MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            return "", f"has more than {MAX_BYTES} bytes; it is not the file of a secret"
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", "cannot be read: it is not UTF-8 text; save it as UTF-8"
    except OSError as error:
        return "", f"cannot be read: {error.strerror}; check the path and its permissions"
    return re.sub(r"\r?\n\Z", "", text), "is empty; write the secret into it"


# `__setattr__` refuses everything, so that the slots are set with their descriptors.
_new = object.__new__
_set_held = Secret.__dict__["_held"].__set__
_set_is_reference = Secret.__dict__["is_reference"].__set__


class MaskedText(str):
    """A string that contains credentials: its characters are the masked form, and `reveal` returns the real string.

    It is printed, formatted, encoded and logged in the masked form. It is equal to the real string, and has the same hash.
    If one of the credentials is a reference, the real string is made at each `reveal`, and the references are compared; its repr
    is that of the mapping that it was made of.
    """

    __slots__ = ("_real",)
    # The real string; if a part of it is a reference, the function that writes it, and the parts.
    _real: str | tuple[Callable[[Any], str], Parts]

    def __new__(cls, real: str, shown: str) -> MaskedText:  # noqa: PYI034
        """Make a string whose value is *real* and which is shown as *shown*."""
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
        # The order of the parts, and the spelling of numbers, are those of the masked form.
        return self._real == other._real and (isinstance(self._real, str) or str.__eq__(self, other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._real) if isinstance(self._real, str) else str.__hash__(self)

    def __repr__(self) -> str:
        # The mask of the whole string hides the names of the parts too.
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


def stand_in(text: str) -> Secret:
    """A secret that reveals and shows *text*, for use in place of another secret in redacted options."""
    return Secret._make("placeholder", text)
