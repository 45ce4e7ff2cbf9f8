# SPDX-License-Identifier: Apache-2.0
"""Strings that must not be seen: `Secret` and `MaskedText`."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from .boundary import public
from .credentials import MASK, is_placeholder
from .errors import Problem, SecretError, invalid

__all__ = ["REFERENCES", "MaskedText", "Secret", "literal", "masked", "reveal", "stand_in"]

REFERENCES: Final = ("env", "file")
"""The sources of secrets that are looked up at each `Secret.reveal`."""

MAX_CHARACTERS: Final = 1_048_576
"""The longest secret that is read from a file."""


class Secret:
    """A text that shows as one constant mask everywhere; only `reveal` gives it back.

    ``Secret("sk-...")`` holds the text. `from_env` and `from_file` make references, which are resolved each time
    they are revealed, so that a rotated key is picked up, and which compare and print as references.
    A platform placeholder such as ``${secret_values.key}`` is no secret and shows as it is.

    Raises:
        InvalidTypeError: if the text is no `str`.
    """

    __slots__ = ("_held", "is_reference")
    # The text; a placeholder or reference with its source, as a pair.
    _held: str | tuple[str, str]
    is_reference: bool
    """Whether the text is looked up at each `reveal`."""

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        # What hides a secret, and what looks it up, asks for this very type.
        msg = "Secret cannot be subclassed"
        raise TypeError(msg)

    @public
    def __new__(cls, text: str) -> Secret:  # noqa: PYI034
        """Hold *text*, or be the placeholder that it is."""
        given: object = text
        if not isinstance(given, str):
            raise invalid("Secret()", [Problem("", "a str", got=type(given).__name__, is_type=True)])
        text = str.__str__(reveal(text))
        return cls._make("placeholder" if is_placeholder(text) else "text", text)

    @classmethod
    def _make(cls, source: str, text: str) -> Secret:
        self = _new(cls)
        _set_held(self, text if source == "text" else (source, text))
        _set_is_reference(self, source in REFERENCES)
        return self

    @classmethod
    @public
    def from_env(cls, name: str) -> Secret:
        """A reference to the environment variable *name*, read at each `reveal`.

        Args:
            name: letters, digits and underscores; anything else may be the secret itself, and is never shown.

        Raises:
            InvalidOptionsError: if it cannot be the name of a variable; an `InvalidTypeError` if it is no `str`.
        """
        given: object = name
        if not isinstance(given, str) or not (given.isascii() and given.isidentifier()):
            expected = "the name of an environment variable (letters, digits and underscores)"
            raise invalid("Secret.from_env()", [Problem("", expected, is_type=not isinstance(given, str))])
        return cls._make("env", str.__str__(name))

    @classmethod
    @public
    def from_file(cls, path: str | os.PathLike[str]) -> Secret:
        """A reference to a UTF-8 file, read at each `reveal`; one line break at its end is not part of the secret.

        Args:
            path: the file; if it is relative, from the directory that is current when the secret is read.

        Raises:
            InvalidOptionsError: if the path is empty; an `InvalidTypeError` if it is no path.
        """
        name: object = None
        # A path class of somebody else's may raise anything.
        with suppress(Exception):
            name = os.fspath(path)
        if not isinstance(name, str) or not name:
            problem = Problem("", "the path of a file", is_type=not isinstance(name, str))
            raise invalid("Secret.from_file()", [problem])
        return cls._make("file", str.__str__(name))

    @property
    def source(self) -> str:
        """``text``, ``placeholder``, ``env`` or ``file``."""
        return "text" if isinstance(self._held, str) else self._held[0]

    @property
    def reference(self) -> str:
        """The variable's name, the file's path, or the placeholder; empty for a literal secret."""
        return "" if isinstance(self._held, str) else self._held[1]

    def reveal(self) -> str:
        """The secret text.

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
            what = f"environment variable {name}"
        else:
            what = f"secret file {name}"
            text, problem = _read(name)
        if not text:
            msg = f"{what} {problem}"
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


def _read(path: str) -> tuple[str, str]:
    """Text of a secret file and what is wrong with it if there is none."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            text = file.read(MAX_CHARACTERS + 1)
    except UnicodeDecodeError:
        return "", "cannot be read: it is not UTF-8 text; check the path and its permissions"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        return "", f"cannot be read: {reason}; check the path and its permissions"
    if len(text) > MAX_CHARACTERS:
        return "", f"has more than {MAX_CHARACTERS} characters; it is another file than the secret's"
    return re.sub(r"\r?\n\Z", "", text), "is empty; write the secret into it"


# `__setattr__` refuses everything.
_new = object.__new__
_set_held = Secret.__dict__["_held"].__set__
_set_is_reference = Secret.__dict__["is_reference"].__set__


class MaskedText(str):
    """A text with credentials inside: its characters are the masked form, `reveal` gives the real one.

    However it is printed, formatted, encoded or logged, the credentials are not there. It equals, and hashes as,
    the real text.
    """

    __slots__ = ("_real",)
    _real: str

    def __new__(cls, real: str, shown: str) -> MaskedText:  # noqa: PYI034
        """Hold *real*, show *shown*."""
        self = super().__new__(cls, shown)
        _set_real(self, real)
        return self

    def reveal(self) -> str:
        """The text with its credentials."""
        return self._real

    def __eq__(self, other: object) -> bool:
        return self._real == (other._real if isinstance(other, MaskedText) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._real)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return MaskedText, (self._real, str(self))


_set_real = MaskedText.__dict__["_real"].__set__


def masked(real: str, shown: str) -> str:
    """*real*, as `MaskedText` if it shows otherwise."""
    if real == shown:
        return real
    new = str.__new__(MaskedText, shown)
    _set_real(new, real)
    return new


def reveal(value: str | Secret) -> str:
    """The real text of anything that may be masked."""
    return value.reveal() if isinstance(value, (Secret, MaskedText)) else value


def literal(text: str) -> Secret:
    """``Secret(text)`` for a `str` that is no placeholder, without looking at it again."""
    new = _new(Secret)
    _set_held(new, text)
    _set_is_reference(new, False)  # noqa: FBT003
    return new


def stand_in(text: str) -> Secret:
    """A secret that reveals *text* and shows it: redaction puts it in the place of another."""
    return Secret._make("placeholder", text)
