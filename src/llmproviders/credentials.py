# SPDX-License-Identifier: Apache-2.0
"""Names and strings that look like credentials, and how they are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

__all__ = [
    "MASK",
    "has_credential_name",
    "is_placeholder",
    "is_redacted",
    "is_unfilled",
    "looks_like_credential",
    "looks_like_credential_header",
    "looks_like_key",
    "mask_urls",
    "mask_value",
    "one_line",
]

MASK: Final = "******"
"""The mask that is shown instead of a secret; Flink uses the same."""
MAX_LINE: Final = 200
"""The greatest length of a third-party message in one line."""

# Patterns are strings: `re` compiles and caches each at its first use, so that they add nothing to the import time.
_PLACEHOLDER: Final = r"\$\{[^{}]*\}"
_CREDENTIAL: Final = (
    # Only the letters and digits of a name are searched, so that api-key, api_key and apiKey are equal.
    r"passw|pwd|passphrase|secret|token(?!s$)|(?:auth|access)tokens$|credential|creds?$|auth$|authorization|bearer|cookie"
    r"|signature|key$"
    # Further names that Flink masks (GlobalConfiguration.isSensitive). Headers are not here: each header is masked by its name.
    r"|apikey|accesskey|fsazureaccountkey|authparams|servicekey|basicauth|jaasconfig"
)
_NO_LETTERS: Final = r"[\W_]+"
# Hexadecimal digits, or the prefixes of well-known services.
_KEY: Final = r"(?a)[0-9a-f]{32,}|(?:sk-|gsk_|hf_|nvapi-|xai-)[\w-]{8,}"
# A random key has a long part with digits and letters of both cases; a name such as Llama-3-70B-Instruct has none.
_RANDOM: Final = r"(?a)(?=[\w-]{20})[\w-]*"
_RANDOM_PART: Final = r"[0-9A-Za-z]{12,}"
_SCHEME: Final = r"(?i:bearer|basic|token|api-?key)"
_TOKEN: Final = rf"\s*{_SCHEME}\s+\S+\s*"
_OPEN: Final = rf"(?:{_SCHEME} +)?{_PLACEHOLDER}"
_AUTHORITY_END: Final = r"[/?#\s]"
_BLANK: Final = r"\s"
# The value is optional, so that each character is scanned once.
_PARAMETER: Final = r"([?&]([^=&#\s]+))(?:=([^&#\s]+))?"


def has_credential_name(string: str) -> bool:
    """Whether *string* contains a word that is usual in names of credentials, or the word header."""
    return re.search(_CREDENTIAL + "|header", _letters(string)) is not None


def _letters(string: str) -> str:
    return re.sub(_NO_LETTERS, "", string).lower()


def looks_like_credential(key: str) -> bool:
    """Whether the value of the option *key* is probably a credential, or headers that may include one."""
    # Long strings are not cached.
    return _is_credential(key) if len(key) <= 100 else has_credential_name(key)  # noqa: PLR2004


_is_credential = lru_cache(maxsize=1_024)(has_credential_name)


@lru_cache(maxsize=256)
def _is_credential_header(name: str) -> bool:
    return re.search(_CREDENTIAL, _letters(name)) is not None


def looks_like_credential_header(name: str) -> bool:
    """Whether the value of the request header *name* is probably a credential."""
    return _is_credential_header(name) if len(name) <= 100 else has_credential_name(name)  # noqa: PLR2004


def is_placeholder(string: str) -> bool:
    """Whether *string* is a placeholder, such as ``${secret_values.key}``, that a platform fills in."""
    return string[:2] == "${" and re.fullmatch(_PLACEHOLDER, string) is not None


def is_unfilled(string: str) -> bool:
    """Whether *string* is a placeholder, alone or after a scheme, as in ``Bearer ${secret_values.key}``."""
    return "${" in string and re.fullmatch(_OPEN, string) is not None


def looks_like_key(string: str) -> bool:
    """Whether *string* is probably an API key, and not a name."""
    string = string.strip()
    if re.fullmatch(_KEY, string):
        return True
    return re.fullmatch(_RANDOM, string) is not None and any(
        re.search("[0-9]", part) and re.search("[a-z]", part) and re.search("[A-Z]", part)
        for part in re.findall(_RANDOM_PART, string)
    )


def mask_value(string: str) -> str:
    """The mask if *string* is an API key or the value of an Authorization header; else *string* with its URLs masked."""
    # The shortest value of an Authorization header is "basic x".
    if len(string) < 7 or is_unfilled(string):  # noqa: PLR2004
        return string
    return MASK if looks_like_key(string) or re.fullmatch(_TOKEN, string) else mask_urls(string)


def mask_urls(string: str) -> str:
    """*string* with the user part and credential parameters of its URLs masked."""
    if "://" not in string or not ("@" in string or "?" in string or "&" in string):
        return string
    for _ in range(3):
        shown = _mask_once(string)
        if shown == string:
            return string
        string = shown
    # Nested URLs may reveal another credential after each mask: mask everything, in the form of the user part of a URL.
    return f"://{MASK}@"


def _mask_once(string: str) -> str:
    parts = []
    end = 0
    for start, at in _user_parts(string):
        parts += [string[end:start], MASK]
        end = at
    string = "".join([*parts, string[end:]])
    return re.sub(
        _PARAMETER, lambda found: f"{found[1]}={MASK}" if found[3] and looks_like_credential(found[2]) else found[0], string
    )


def _user_parts(string: str) -> Iterator[tuple[int, int]]:
    """The start and end of the user part of each URL; a password may contain an unescaped slash."""
    start = run = last_at = -1
    position = 0
    while (start := string.find("://", position)) >= 0:
        position = start = start + 3
        end = _find(_AUTHORITY_END, string, start)
        at = string.rfind("@", start, end)
        colon = string.find(":", start, end)
        if at < 0 <= colon and not (string[colon + 1 : end].isdecimal() and string[end : end + 1] in tuple("/?#")):
            # The string after the colon is not a port, and may be a password: it ends at the last @ before a blank.
            if start > run:
                run = _find(_BLANK, string, start)
                last_at = string.rfind("@", start, run)
            at = last_at if last_at > colon else -1
        if at >= 0:
            yield start, at
            position = at + 1


def _find(pattern: str, string: str, start: int) -> int:
    found = re.compile(pattern).search(string, start)
    return found.start() if found else len(string)


def is_redacted(string: str) -> bool:
    """Whether *string* is the mask, or a URL with the mask in place of a credential."""
    if MASK not in string:
        return False
    if string == MASK:
        return True
    return any(string[start:at] == MASK for start, at in _user_parts(string)) or any(
        found[3] == MASK and looks_like_credential(found[2]) for found in re.finditer(_PARAMETER, string)
    )


def one_line(message: str, secrets: Iterable[str] = (), *, longest: int = MAX_LINE) -> str:
    """A third-party message in one line of at most *longest* characters; *secrets* and credentials of URLs are masked."""
    for secret in filter(None, secrets):
        message = message.replace(secret, MASK)
    message = mask_urls(" ".join(message.split()))
    return message if len(message) <= longest else f"{message[: longest - 3]}..."
