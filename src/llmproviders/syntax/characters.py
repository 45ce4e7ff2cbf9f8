# SPDX-License-Identifier: Apache-2.0
"""Characters as Java classifies them."""

from __future__ import annotations

from typing import Final

from ..errors import Rejected

__all__ = ["TRIMMED", "WHITESPACE", "has_surrogate", "refuse_surrogates"]

TRIMMED: Final = "".join(map(chr, range(0x21)))
"""The characters that Java's ``String.trim()`` removes."""
WHITESPACE: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
"""The characters of Java's ``Character.isWhitespace()``."""


def has_surrogate(string: str) -> bool:
    """Whether *string* has a lone surrogate. No encoding can write it, so that it cannot reach Java."""
    if string.isascii():
        return False
    try:
        string.encode()
    except UnicodeEncodeError:
        return True
    return False


def refuse_surrogates(string: str, noun: str = "a string") -> None:
    """Raise `Rejected` if *string* has a lone surrogate; *noun* describes the string in the message."""
    if has_surrogate(string):
        raise Rejected(f"{noun} without lone surrogates", hint="Java cannot read them")
