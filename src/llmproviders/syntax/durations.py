# SPDX-License-Identifier: Apache-2.0
"""Durations as Flink's option parser reads them.

Source: Flink's ``TimeUtils``, run on Flink 1.20, 2.1 and 2.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from ..errors import Rejected
from .characters import TRIMMED

__all__ = ["read_duration", "write_duration"]

_NANOS: Final[Mapping[str, int]] = {
    name: nanos
    for names, nanos in (
        ("d day days", 86_400_000_000_000),
        ("h hour hours", 3_600_000_000_000),
        ("min m minute minutes", 60_000_000_000),
        ("s sec secs second seconds", 1_000_000_000),
        ("ms milli millis millisecond milliseconds", 1_000_000),
        ("\u00b5s micro micros microsecond microseconds", 1_000),
        ("ns nano nanos nanosecond nanoseconds", 1),
    )
    for name in names.split()
}
_MAX_NANOS: Final = (2**63 - 1) * 1_000_000_000 + 999_999_999
_NUMBER_AND_UNIT: Final = r"(?s)([0-9]+)(.*)"
_ISO: Final = (
    r"(?ia)(?P<sign>[+-])?P(?:(?P<d>[+-]?[0-9]+)D)?"
    r"(?P<time>T(?:(?P<h>[+-]?[0-9]+)H)?(?:(?P<m>[+-]?[0-9]+)M)?(?:(?P<s>[+-]?[0-9]+)(?:[.,](?P<f>[0-9]{0,9}))?S)?)?"
)
_EXPECTED: Final = "a duration such as '30s', '500 ms' or '2min'"


def read_duration(string: str) -> int:
    """The nanoseconds of a duration: a whole number with a unit, by default ms, or ISO-8601 (Flink 2.1 and later)."""
    trimmed = string.strip(TRIMMED)
    if found := re.fullmatch(_NUMBER_AND_UNIT, trimmed):
        digits, unit = found[1].lstrip("0") or "0", found[2].strip(TRIMMED).lower() or "ms"
        if unit not in _NANOS:
            raise Rejected(_EXPECTED)
        nanos = int(digits[:40]) * _NANOS[unit]
    else:
        nanos = _read_iso(trimmed)
    if not 0 <= nanos <= _MAX_NANOS:
        raise Rejected(_EXPECTED)
    return nanos


def _read_iso(string: str) -> int:
    """The nanoseconds of an ISO-8601 duration."""
    found = re.fullmatch(_ISO, string)
    if found is None or all(found[part] is None for part in "dhms") or (found["time"] or "").lower() == "t":
        raise Rejected(_EXPECTED)
    whole = sum(int((found[part] or "0")[:40]) * _NANOS[part] for part in "dhms")
    fraction = int((found["f"] or "").ljust(9, "0"))
    total = whole + (-fraction if (found["s"] or "").startswith("-") else fraction)
    return -total if found["sign"] == "-" else total


def write_duration(value: timedelta) -> str:
    """*value* as a whole number of the largest possible unit, in a form that every runtime reads.

    Raises:
        Rejected: if it is negative, or if it has microseconds and is too long for Java.
    """
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    if micros < 0:
        raise Rejected("a duration that is not negative")
    for unit in ("h", "min", "s", "ms"):
        amount, rest = divmod(micros * 1_000, _NANOS[unit])
        if amount and not rest:
            return f"{amount}{unit}"
    if micros >= 2**63:
        # Flink 1.20 reads the number as a Java long.
        raise Rejected("a duration that Java's long can hold in microseconds", hint="round it to milliseconds")
    return f"{micros}micros" if micros else "0s"
