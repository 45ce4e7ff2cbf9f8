# SPDX-License-Identifier: Apache-2.0
"""Booleans and numbers are read as Flink's option parser reads them."""

from __future__ import annotations

import math

import pytest
from measured import MEASURED, outcome

from llmproviders import Rejected
from llmproviders.syntax.scalars import read_boolean, read_double, read_integer


def test_booleans() -> None:
    """Every measured text is read, or refused, as Java does."""
    assert MEASURED["scalars"]["bool"] == [[text, outcome(read_boolean, text)] for text, _ in MEASURED["scalars"]["bool"]]


@pytest.mark.parametrize(("kind", "bits"), [("int", 31), ("long", 63)])
def test_integers(kind: str, bits: int) -> None:
    """Every measured text that is within the type's bounds is read, or refused, as Java does."""

    def read(text: str) -> int | None:
        value = read_integer(text)
        return value if -(2**bits) <= value < 2**bits else None

    assert MEASURED["scalars"][kind] == [[text, outcome(read, text)] for text, _ in MEASURED["scalars"][kind]]


def test_doubles() -> None:
    """Every measured text is read as Java does, but what is not finite is refused."""
    expected = [
        [text, None if seen is None or not math.isfinite(float(seen)) else float(seen)]
        for text, seen in MEASURED["scalars"]["double"]
    ]
    assert expected == [[text, outcome(read_double, text)] for text, _ in expected]


@pytest.mark.parametrize("text", ["0x1p99999", "0x.8p1", "0X1.P-1", "0x", "0x1", "0xp1", "0x1p1_0"])
def test_hexadecimal_doubles(text: str) -> None:
    """Hexadecimal texts are read where Java reads them."""
    assert {"0x.8p1": 1.0, "0X1.P-1": 0.5}.get(text) == outcome(read_double, text)


def test_endless_digits_are_refused_by_our_own_error() -> None:
    """Python refuses to convert thousands of digits with an error of its own, which must not get out."""
    with pytest.raises(Rejected, match="a whole number within Java's bounds"):
        read_integer("9" * 5000)
    assert read_integer("0" * 5000 + "7") == 7
    assert read_integer("-" + "0" * 5000) == 0


def test_ints_among_doubles() -> None:
    """What is written again as it was read is an int, all else a float, and there is no -0.0."""
    texts = ["1", "0", "-1", "9" * 300, "01", "-0", "1.0", "+1", " 1", "1e2", "1" + "0" * 308, "9" * 309, "\u0661"]
    expected = [1, 0, -1, 10**300 - 1, 1.0, 0.0, 1.0, 1.0, 1.0, 100.0, 10**308, None, None]
    assert [repr(value) for value in expected] == [repr(outcome(read_double, text)) for text in texts]
