# SPDX-License-Identifier: Apache-2.0
"""Booleans and numbers as Flink's option parser reads them.

Each function ``read_*`` of this package takes a string and returns the value that Java would read, or raises `Rejected`.
Source: Flink's ``ConfigurationUtils``, run on Flink 1.20, 2.1 and 2.3.
"""

from __future__ import annotations

import math
import operator
import re
import sys
from typing import Final

from ..errors import Rejected
from .characters import TRIMMED

__all__ = ["JAVA_BOUNDS", "is_writable", "plain_number", "read_boolean", "read_double", "read_integer"]

JAVA_BOUNDS: Final = {
    "Integer": (-(2**31), 2**31 - 1),
    "Long": (-(2**63), 2**63 - 1),
}
"""The bounds of Java's integers."""

# Patterns are strings: `re` compiles each at its first use, so that they add nothing to the import time.
_INTEGER: Final = r"[+-]?\d+"
_WHOLE_DOUBLE: Final = r"0|-?[1-9][0-9]{0,308}"
_DOUBLE: Final = r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?"
_HEX_DOUBLE: Final = r"([+-]?0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)[fFdD]?"


def read_boolean(string: str) -> bool:
    """``true`` or ``false`` in any letter case, without blanks around it."""
    lower = string.lower()
    if lower not in ("true", "false"):
        raise Rejected("true or false")
    return lower == "true"


def read_integer(string: str) -> int:
    """An integer as Java's ``parseInt`` and ``parseLong`` read it; the caller checks their bounds."""
    if len(string) < 20 and string.isascii() and string.isdigit():  # noqa: PLR2004
        return int(string)
    # Java accepts digits of any script, but only in the Basic Multilingual Plane: it reads UTF-16 units.
    if not re.fullmatch(_INTEGER, string) or max(string) > "\uffff":
        raise Rejected("a whole number in digits")
    # Python refuses thousands of digits; Java's bounds have fewer than 40.
    digits = string.lstrip("+-").lstrip("0") or "0"
    if len(digits) > 40:  # noqa: PLR2004
        raise Rejected("a whole number within Java's bounds")
    return -int(digits) if string.startswith("-") else int(digits)


def read_double(string: str) -> float:
    """A finite number as Java's ``parseDouble`` reads it; an int if its digits equal the string."""
    # A fast path that avoids the patterns.
    if len(string) < 20 and string.isascii() and string.replace(".", "", 1).isdigit():  # noqa: PLR2004
        if "." in string:
            return float(string)
        if string[0] != "0":
            return int(string)
    if re.fullmatch(_WHOLE_DOUBLE, string) and abs(whole := int(string)) <= sys.float_info.max:
        return whole
    trimmed = string.strip(TRIMMED)
    if found := re.fullmatch(_DOUBLE, trimmed):
        number = float(found[1])
    elif found := re.fullmatch(_HEX_DOUBLE, trimmed):
        try:
            number = float.fromhex(found[1])
        except OverflowError:
            number = math.inf
    else:
        raise Rejected("a finite number")
    if not math.isfinite(number):
        raise Rejected("a finite number")
    # -0.0 becomes 0.0: they are equal, but are written differently.
    return number or 0.0


def plain_number(value: object) -> int | float | None:
    """*value* as an int or float of Python; None if it is a boolean, or not a real number."""
    if isinstance(value, (int, float)):
        if isinstance(value, bool):
            return None
        return operator.index(value) if isinstance(value, int) else float(value)
    # NumPy's numbers and others are registered with these classes.
    from numbers import Integral, Real

    if not isinstance(value, Real):
        return None
    try:
        return operator.index(value) if isinstance(value, Integral) else float(value)
    except OverflowError:
        return math.inf
    except Exception:  # noqa: BLE001
        # A third-party number may raise any exception.
        return None


def is_writable(number: int) -> bool:
    """Whether Python can write *number* in digits: it refuses thousands of digits."""
    try:
        str(number)
    except ValueError:
        return False
    return True
