# SPDX-License-Identifier: Apache-2.0
"""Text that must not be seen: `Secret`, `MaskedText`, and what looks like a credential."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from .errors import SecretError

__all__ = ["MASK", "REFERENCES", "URL_MARKS", "MaskedText", "Secret"]

MASK: Final = "******"
"""What is shown instead of a secret; Flink's own mask, so that logs of both sides read alike."""

REFERENCES: Final = ("env", "file")
"""The sources of secrets that are looked up at each `Secret.reveal`."""

URL_MARKS: Final = "@?&"
"""A URL without any of these has no credentials in it."""

# Patterns are texts: `re` compiles each when it is first needed, and importing the package costs nothing for them.
_PLACEHOLDER: Final = r"\$\{[^{}]*\}"
_CREDENTIAL: Final = (
    # Read on the letters of a key only, so that api-key, api_key and apiKey are one.
    r"passw|pwd|passphrase|secret|token(?!s$)|(?:auth|access)tokens$|credential|creds?$|auth$|authorization|bearer|cookie"
    r"|signature|key$"
    # Headers carry credentials under any name; the rest is what Flink masks (GlobalConfiguration.isSensitive).
    r"|header|apikey|accesskey|fsazureaccountkey|authparams|servicekey|basicauth|jaasconfig"
)
# Digits and letters of both cases, hexadecimal digits, or a beginning that services give their keys.
_KEY: Final = r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w-]{20,}|[0-9a-f]{32,}|(?:sk-|gsk_|hf_|nvapi-|xai-)[\w-]{8,}"
_NO_LETTERS: Final = r"[\W_]+"
# The user part of a URL, also where its password holds a raw slash.
_USER_PART: Final = r"(://)(?:[^/?#\s]*|[^/?#\s:]*:(?!\d+[/?#])\S*)@"
_QUERY_PART: Final = r"([?&]([^=&#\s]+)=)[^&#\s]+"


def has_credential_name(text: str) -> bool:
    """Whether *text* holds, or ends with, what names of options or headers with credentials do."""
    return re.search(_CREDENTIAL, re.sub(_NO_LETTERS, "", text).lower()) is not None


@lru_cache(maxsize=1_024)
def looks_like_credential(key: str) -> bool:
    """Whether an option or header of that name probably carries a credential."""
    return has_credential_name(key)


def is_placeholder(text: str) -> bool:
    """Whether *text* is a placeholder, such as ``${secret_values.key}``, that a platform fills in."""
    return text[:2] == "${" and re.fullmatch(_PLACEHOLDER, text) is not None


def looks_like_key(text: str) -> bool:
    """Whether *text* is rather a key itself than a name that somebody made up."""
    return re.fullmatch(_KEY, text) is not None


def mask_urls(text: str) -> str:
    """*text* with the user part and credential parameters of its URLs masked."""
    if "://" not in text or not any(mark in text for mark in URL_MARKS):
        return text
    text = re.sub(_USER_PART, rf"\1{MASK}@", text)
    return re.sub(_QUERY_PART, lambda found: found[1] + MASK if looks_like_credential(found[2]) else found[0], text)


class Secret:
    """A text that shows as one constant mask everywhere; only `reveal` gives it back.

    ``Secret("sk-...")`` holds the text. `from_env` and `from_file` make references, which are resolved each time
    they are revealed, so that a rotated key is picked up, and which compare and print as references.
    A platform placeholder such as ``${secret_values.key}`` is no secret and shows as it is.

    Raises:
        TypeError: if the text is no `str`.
    """

    __slots__ = ("_source", "_text")
    _source: str
    _text: str

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        # What hides a secret, and what looks it up, asks for this very type.
        msg = "Secret cannot be subclassed"
        raise TypeError(msg)

    def __new__(cls, text: str) -> Secret:  # noqa: PYI034
        """Hold *text*, or be the placeholder that it is."""
        given: object = text
        if not isinstance(given, str):
            msg = f"a secret is a str, got {type(text).__name__}"
            # The text must not stay in a frame that a traceback shows with its variables.
            del text, given
            raise TypeError(msg)
        text = str.__str__(reveal(text))
        self = _new(cls)
        _set_source(self, "placeholder" if is_placeholder(text) else "text")
        _set_text(self, text)
        return self

    @classmethod
    def _make(cls, source: str, text: str) -> Secret:
        self = super().__new__(cls)
        _set_source(self, source)
        _set_text(self, text)
        return self

    @classmethod
    def from_env(cls, name: str) -> Secret:
        """A reference to the environment variable *name*, read at each `reveal`.

        Args:
            name: letters, digits and underscores; anything else may be the secret itself, and is never shown.

        Raises:
            TypeError: if the name is no `str`.
            ValueError: if it cannot be a variable's.
        """
        if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
            error = ValueError if isinstance(name, str) else TypeError
            # What may be the secret itself must not stay in a frame that a traceback shows with its variables.
            del name
            msg = "Secret.from_env(): expected the name of an environment variable (letters, digits and underscores)"
            raise error(msg)
        return cls._make("env", str.__str__(name))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Secret:
        """A reference to a UTF-8 file, read at each `reveal`; one line break at its end is not part of the secret.

        Args:
            path: the file; if it is relative, from the directory that is current when the secret is read.

        Raises:
            TypeError: if the path is no text.
            ValueError: if it is empty.
        """
        name = os.fspath(path)
        if not isinstance(name, str) or not name:
            error = ValueError if isinstance(name, str) else TypeError
            del path, name
            msg = "Secret.from_file(): expected the path of a file"
            raise error(msg)
        return cls._make("file", str.__str__(name))

    @property
    def source(self) -> str:
        """``text``, ``placeholder``, ``env`` or ``file``."""
        return self._source

    @property
    def is_reference(self) -> bool:
        """Whether the text is looked up at each `reveal`."""
        return self._source in REFERENCES

    @property
    def reference(self) -> str:
        """The variable's name, the file's path, or the placeholder; empty for a literal secret."""
        return "" if self._source == "text" else self._text

    def reveal(self) -> str:
        """The secret text.

        Raises:
            SecretError: if the variable or the file of a reference is missing, empty or not readable as UTF-8.
        """
        if self._source == "env":
            text = os.environ.get(self._text, "")
            problem = "is not set or empty; set it where the job is submitted"
            if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
                text, problem = "", "is not UTF-8 text"
            what = f"environment variable {self._text}"
        elif self._source == "file":
            what = f"secret file {self._text}"
            text, problem = _read(self._text)
        else:
            return self._text
        if not text:
            msg = f"{what} {problem}"
            raise SecretError(msg)
        return text

    def __repr__(self) -> str:
        if self.is_reference:
            return f"Secret.from_{self._source}({self._text!r})"
        return f"Secret({str(self)!r})"

    def __str__(self) -> str:
        return self._text if self._source == "placeholder" else MASK

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._source == other._source and self._text == other._text

    def __hash__(self) -> int:
        return hash((Secret, self._source, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> NoReturn:
        raise attrs.exceptions.FrozenInstanceError

    def __reduce__(self) -> tuple[Any, ...]:
        return Secret._make, (self._source, self._text)


def _read(path: str) -> tuple[str, str]:
    """Text of a secret file and what is wrong with it if there is none."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            text = file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return "", f"cannot be read: {reason}; check the path and its permissions"
    return re.sub(r"\r?\n\Z", "", text), "is empty; write the secret into it"


# Past the guard of `__setattr__`, once.
_new = object.__new__
_set_source = Secret.__dict__["_source"].__set__
_set_text = Secret.__dict__["_text"].__set__


def held(text: str) -> Secret:
    """``Secret(text)``, for a `str` that is no placeholder."""
    new = _new(Secret)
    _set_source(new, "text")
    _set_text(new, text)
    return new


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
