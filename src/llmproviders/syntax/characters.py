# SPDX-License-Identifier: Apache-2.0
"""Characters as Java classifies them."""

from __future__ import annotations

from typing import Final

__all__ = ["TRIMMED", "WHITESPACE", "has_surrogate"]

TRIMMED: Final = "".join(map(chr, range(0x21)))
"""The characters that Java's ``String.trim()`` removes."""
WHITESPACE: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"
)
"""The characters of Java's ``Character.isWhitespace()``."""


def has_surrogate(string: str) -> bool:
    """Whether *string* has a lone surrogate, which no encoding carries to Java."""
    if string.isascii():
        return False
    try:
        string.encode()
    except UnicodeEncodeError:
        return True
    return False
