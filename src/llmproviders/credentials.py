# SPDX-License-Identifier: Apache-2.0
"""Names and strings that look like credentials, and how they are masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

__all__ = [
    "MASK",
    "has_credential_name",
    "is_open",
    "is_placeholder",
    "is_redacted",
    "looks_like_credential",
    "looks_like_credential_header",
    "looks_like_key",
    "mask_urls",
    "mask_value",
]

MASK: Final = "******"
"""The mask that is shown instead of a secret. It is Flink's own, so that logs of both sides look alike."""

# Patterns are strings: `re` compiles and caches each at its first use, so that they add nothing to the import time.
_PLACEHOLDER: Final = r"\$\{[^{}]*\}"
_CREDENTIAL: Final = (
    # Matched against the letters of a name only, so that api-key, api_key and apiKey are equal.
    r"passw|pwd|passphrase|secret|token(?!s$)|(?:auth|access)tokens$|credential|creds?$|auth$|authorization|bearer|cookie"
    r"|signature|key$"
    # The other names that Flink masks (GlobalConfiguration.isSensitive), except headers: those are masked one by one.
    r"|apikey|accesskey|fsazureaccountkey|authparams|servicekey|basicauth|jaasconfig"
)
_NO_LETTERS: Final = r"[\W_]+"
# Hexadecimal digits, or the prefixes of well-known services.
_KEY: Final = r"(?a)[0-9a-f]{32,}|(?:sk-|gsk_|hf_|nvapi-|xai-)[\w-]{8,}"
# A part that mixes digits and letters of both cases; the parts of a name such as Llama-3-70B-Instruct are words.
_RANDOM: Final = r"(?a)(?=[\w-]{20})[\w-]*"
_RANDOM_PART: Final = r"[0-9A-Za-z]{12,}"
_SCHEME: Final = r"(?i:bearer|basic|token|api-?key)"
_TOKEN: Final = rf"\s*{_SCHEME}\s+\S+\s*"
_OPEN: Final = rf"(?:{_SCHEME} +)?{_PLACEHOLDER}"
_AUTHORITY_END: Final = r"[/?#\s]"
_BLANK: Final = r"\s"
# The value is optional, so that no part of a string is scanned twice.
_PARAMETER: Final = r"([?&]([^=&#\s]+))(?:=([^&#\s]+))?"


def has_credential_name(text: str) -> bool:
    """Whether *text* has a word that is usual in names of credentials, or that means headers."""
    return re.search(_CREDENTIAL + "|header", _letters(text)) is not None


def _letters(text: str) -> str:
    return re.sub(_NO_LETTERS, "", text).lower()


def looks_like_credential(key: str) -> bool:
    """Whether the value of that option is probably a credential, or headers that may include one."""
    # Long strings are not cached.
    return _is_credential(key) if len(key) <= 100 else has_credential_name(key)  # noqa: PLR2004


_is_credential = lru_cache(maxsize=1_024)(has_credential_name)


@lru_cache(maxsize=256)
def _is_credential_header(name: str) -> bool:
    return re.search(_CREDENTIAL, _letters(name)) is not None


def looks_like_credential_header(name: str) -> bool:
    """Whether the value of that request header is probably a credential."""
    return _is_credential_header(name) if len(name) <= 100 else has_credential_name(name)  # noqa: PLR2004


def is_placeholder(text: str) -> bool:
    """Whether *text* is a placeholder, such as ``${secret_values.key}``, that a platform fills in."""
    return text[:2] == "${" and re.fullmatch(_PLACEHOLDER, text) is not None


def is_open(text: str) -> bool:
    """Whether *text* is a placeholder, alone or behind a scheme, as in ``Bearer ${secret_values.key}``."""
    return "${" in text and re.fullmatch(_OPEN, text) is not None


def looks_like_key(text: str) -> bool:
    """Whether *text* is probably a key itself, and not a name."""
    text = text.strip()
    if re.fullmatch(_KEY, text):
        return True
    return re.fullmatch(_RANDOM, text) is not None and any(
        re.search("[0-9]", part) and re.search("[a-z]", part) and re.search("[A-Z]", part)
        for part in re.findall(_RANDOM_PART, text)
    )


def mask_value(text: str) -> str:
    """The mask if *text* is a key or an authorization; else *text* with its URLs masked."""
    # The shortest authorization is "basic x".
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
    # Nested URLs: each mask uncovers the next credential. Hide everything, in the form of a URL's user part.
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
    """The start and end of each user part of a URL, also if its password contains a raw slash."""
    start = run = last_at = -1
    position = 0
    while (start := text.find("://", position)) >= 0:
        position = start = start + 3
        end = _find(_AUTHORITY_END, text, start)
        at = text.rfind("@", start, end)
        colon = text.find(":", start, end)
        if at < 0 <= colon and not (text[colon + 1 : end].isdecimal() and text[end : end + 1] in tuple("/?#")):
            # No port follows the colon, so a password may follow, up to the last @ before a blank.
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
    """Whether *text* is the mask, or has it in place of a credential of a URL."""
    if MASK not in text:
        return False
    if text == MASK:
        return True
    return any(text[start:at] == MASK for start, at in _user_parts(text)) or any(
        found[3] == MASK and looks_like_credential(found[2]) for found in re.finditer(_PARAMETER, text)
    )
