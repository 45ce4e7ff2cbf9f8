# SPDX-License-Identifier: Apache-2.0
"""Booleans and numbers are read as Flink's option parser reads them."""

from __future__ import annotations

import math

import pytest
from measured import MEASURED, outcome

from llmproviders import Rejected
from llmproviders.syntax.scalars import read_boolean, read_double, read_integer


def test_booleans() -> None:
    """Every measured string is read, or refused, as in Java."""
    assert MEASURED["scalars"]["bool"] == [[string, outcome(read_boolean, string)] for string, _ in MEASURED["scalars"]["bool"]]


@pytest.mark.parametrize(("kind", "bits"), [("int", 31), ("long", 63)])
def test_integers(kind: str, bits: int) -> None:
    """Every measured string within the type's bounds is read, or refused, as in Java."""

    def read(string: str) -> int | None:
        value = read_integer(string)
        return value if -(2**bits) <= value < 2**bits else None

    assert MEASURED["scalars"][kind] == [[string, outcome(read, string)] for string, _ in MEASURED["scalars"][kind]]


def test_doubles() -> None:
    """Every measured string is read as in Java, except that infinities and NaN are refused."""
    expected = [
        [string, None if seen is None or not math.isfinite(float(seen)) else float(seen)]
        for string, seen in MEASURED["scalars"]["double"]
    ]
    assert expected == [[string, outcome(read_double, string)] for string, _ in expected]


@pytest.mark.parametrize("string", ["0x1p99999", "0x.8p1", "0X1.P-1", "0x", "0x1", "0xp1", "0x1p1_0"])
def test_hexadecimal_doubles(string: str) -> None:
    """Hexadecimal numbers are read if Java reads them."""
    assert {"0x.8p1": 1.0, "0X1.P-1": 0.5}.get(string) == outcome(read_double, string)


def test_thousands_of_digits() -> None:
    """Python's error about too many digits does not leave the reader."""
    with pytest.raises(Rejected, match="a whole number within Java's bounds"):
        read_integer("9" * 5000)
    assert read_integer("0" * 5000 + "7") == 7
    assert read_integer("-" + "0" * 5000) == 0


def test_ints_among_doubles() -> None:
    """A string that `str` of an int would give is read as an int, others as floats, and none as -0.0."""
    strings = ["1", "0", "-1", "9" * 300, "01", "-0", "1.0", "+1", " 1", "1e2", "1" + "0" * 308, "9" * 309, "\u0661"]
    expected = [1, 0, -1, 10**300 - 1, 1.0, 0.0, 1.0, 1.0, 1.0, 100.0, 10**308, None, None]
    assert [repr(value) for value in expected] == [repr(outcome(read_double, string)) for string in strings]
