# SPDX-License-Identifier: Apache-2.0
"""Text that must not be seen: `Secret`, `MaskedText`, and what looks like a credential."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from .boundary import public
from .errors import Problem, SecretError, invalid

__all__ = ["MASK", "REFERENCES", "MaskedText", "Secret"]

MASK: Final = "******"
"""What is shown instead of a secret; Flink's own mask, so that logs of both sides read alike."""

REFERENCES: Final = ("env", "file")
"""The sources of secrets that are looked up at each `Secret.reveal`."""

MAX_CHARACTERS: Final = 1_048_576
"""The longest secret that is read from a file."""

# Patterns are strings: `re` compiles each when it is first needed, and importing the package costs nothing for them.
_PLACEHOLDER: Final = r"\$\{[^{}]*\}"
_CREDENTIAL: Final = (
    # Read on the letters of a name only, so that api-key, api_key and apiKey are one.
    r"passw|pwd|passphrase|secret|token(?!s$)|(?:auth|access)tokens$|credential|creds?$|auth$|authorization|bearer|cookie"
    r"|signature|key$"
    # The rest of what Flink masks (GlobalConfiguration.isSensitive); headers are masked one by one.
    r"|apikey|accesskey|fsazureaccountkey|authparams|servicekey|basicauth|jaasconfig"
)
_NO_LETTERS: Final = r"[\W_]+"
# Hexadecimal digits, or the prefixes of well-known services.
_KEY: Final = r"(?a)[0-9a-f]{32,}|(?:sk-|gsk_|hf_|nvapi-|xai-)[\w-]{8,}"
# Digits and letters of both cases, mixed in one part: the parts of a name such as Llama-3-70B-Instruct are words.
_RANDOM: Final = r"(?a)(?=[\w-]{20})[\w-]*"
_RANDOM_PART: Final = r"[0-9A-Za-z]{12,}"
_SCHEME: Final = r"(?i:bearer|basic|token|api-?key)"
_TOKEN: Final = rf"\s*{_SCHEME}\s+\S+\s*"
_OPEN: Final = rf"(?:{_SCHEME} +)?{_PLACEHOLDER}"
_AUTHORITY_END: Final = r"[/?#\s]"
_BLANK: Final = r"\s"
# The value is optional, so that no part of a string is looked at twice.
_PARAMETER: Final = r"([?&]([^=&#\s]+))(?:=([^&#\s]+))?"


def has_credential_name(text: str) -> bool:
    """Whether *text* contains, or ends with, a word that names of credentials contain or end with."""
    return re.search(_CREDENTIAL + "|header", _letters(text)) is not None


def _letters(text: str) -> str:
    return re.sub(_NO_LETTERS, "", text).lower()


def looks_like_credential(key: str) -> bool:
    """Whether an option of that name probably carries a credential; one for headers may carry any."""
    # The cache holds no long strings.
    return _is_credential(key) if len(key) <= 100 else has_credential_name(key)  # noqa: PLR2004


_is_credential = lru_cache(maxsize=1_024)(has_credential_name)


@lru_cache(maxsize=256)
def _is_credential_header(name: str) -> bool:
    return re.search(_CREDENTIAL, _letters(name)) is not None


def looks_like_credential_header(name: str) -> bool:
    """Whether a request header of that name probably carries a credential."""
    return _is_credential_header(name) if len(name) <= 100 else has_credential_name(name)  # noqa: PLR2004


def is_placeholder(text: str) -> bool:
    """Whether *text* is a placeholder, such as ``${secret_values.key}``, that a platform fills in."""
    return text[:2] == "${" and re.fullmatch(_PLACEHOLDER, text) is not None


def is_open(text: str) -> bool:
    """Whether *text* is a placeholder, alone or behind a scheme, as in ``Bearer ${secret_values.key}``."""
    return "${" in text and re.fullmatch(_OPEN, text) is not None


def looks_like_key(text: str) -> bool:
    """Whether *text* is rather a key itself than a name that somebody made up."""
    text = text.strip()
    if re.fullmatch(_KEY, text):
        return True
    return re.fullmatch(_RANDOM, text) is not None and any(
        re.search("[0-9]", part) and re.search("[a-z]", part) and re.search("[A-Z]", part)
        for part in re.findall(_RANDOM_PART, text)
    )


def mask_value(text: str) -> str:
    """*text* masked as a whole if it is a key or an authorization, otherwise as `mask_urls` does."""
    # The shortest of them, such as "basic x".
    if len(text) < 7 or is_open(text):  # noqa: PLR2004
        return text
    return MASK if looks_like_key(text) or re.fullmatch(_TOKEN, text) else mask_urls(text)


def mask_urls(text: str) -> str:
    """*text* with the user part and credential parameters of its URLs masked."""
    if "://" not in text or not ("@" in text or "?" in text or "&" in text):
        return text
    for _ in range(3):
        shown = _mask_once(text)
        if shown == text:
            return text
        text = shown
    # Parts of URLs inside one another, where each mask uncovers the next part: hide everything, as a part of a URL.
    return f"://{MASK}@"


def _mask_once(text: str) -> str:
    parts = []
    end = 0
    for start, at in _user_parts(text):
        parts += [text[end:start], MASK]
        end = at
    text = "".join([*parts, text[end:]])
    return re.sub(
        _PARAMETER, lambda found: f"{found[1]}={MASK}" if found[3] and looks_like_credential(found[2]) else found[0], text
    )


def _user_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where the user parts of URLs are, also where a password holds a raw slash."""
    start = run = last_at = -1
    position = 0
    while (start := text.find("://", position)) >= 0:
        position = start = start + 3
        end = _find(_AUTHORITY_END, text, start)
        at = text.rfind("@", start, end)
        colon = text.find(":", start, end)
        if at < 0 <= colon and not (text[colon + 1 : end].isdecimal() and text[end : end + 1] in tuple("/?#")):
            # No port follows the colon, so it may be a password up to the last @ before a blank.
            if start > run:
                run = _find(_BLANK, text, start)
                last_at = text.rfind("@", start, run)
            at = last_at if last_at > colon else -1
        if at >= 0:
            yield start, at
            position = at + 1


def _find(pattern: str, text: str, start: int) -> int:
    found = re.compile(pattern).search(text, start)
    return found.start() if found else len(text)


def is_redacted(text: str) -> bool:
    """Whether *text* holds the mask in a place that could be masked: as a whole, or as a credential of a URL."""
    if MASK not in text:
        return False
    if text == MASK:
        return True
    return any(text[start:at] == MASK for start, at in _user_parts(text)) or any(
        found[3] == MASK and looks_like_credential(found[2]) for found in re.finditer(_PARAMETER, text)
    )


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
