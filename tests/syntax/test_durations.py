# SPDX-License-Identifier: Apache-2.0
"""Durations are read as Flink's option parser reads them, and written so that every Flink reads them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from measured import MEASURED, outcome
from strategies import UNITS, duration_texts, timedeltas

from llmproviders import Rejected
from llmproviders.syntax.durations import read_duration, write_duration


def nanos(iso: str | None) -> int | None:
    """The nanoseconds of a duration that Java prints."""
    if iso is None:
        return None
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", iso)
    assert found is not None
    hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return int((hours * 3600 + minutes * 60 + seconds) * 10**9)


def test_durations() -> None:
    """Every measured string is read, or refused, as in Flink 2.1 and later."""
    expected = [[string, nanos(seen)] for string, seen in MEASURED["durations"]]
    assert expected == [[string, outcome(read_duration, string)] for string, _ in expected]


def test_thousands_of_digits() -> None:
    """Python's error about too many digits does not leave the reader."""
    assert outcome(read_duration, "9" * 5000 + "s") is None
    assert outcome(read_duration, "PT" + "9" * 5000 + "S") is None
    assert read_duration("0" * 5000 + "7ns") == 7


@pytest.mark.parametrize("string", ["PT1M-30S", "PT-1M90S", "-PT-30S", "PT30,0S", "PT30.S"])
def test_signs_within_durations(string: str) -> None:
    """In an ISO-8601 duration, parts may be negative if the sum is not, as in Java."""
    assert read_duration(string) == 30 * 10**9


@pytest.mark.parametrize(
    "string", ["PT-0.5S", "-PT0.5S", "PT1M-60.000000001S", "P", "PT", "P1DT", "PT1.1234567890S", "PT\u0661S"]
)
def test_refused_iso_durations(string: str) -> None:
    """A negative sum, an empty string, and a part of a nanosecond are refused."""
    assert outcome(read_duration, string) is None


@given(duration_texts)
def test_generated_durations_are_read(string: str) -> None:
    """Every string of Flink's grammar is a duration, and blanks around it make no difference."""
    assert read_duration(string) == read_duration(f"\t{string}\x00")


def test_units() -> None:
    """Every unit has its length."""
    lengths = (86400 * 10**9, 3600 * 10**9, 60 * 10**9, 10**9, 10**6, 10**3, 1)
    counts = (3, 3, 4, 5, 5, 5, 5)
    expected = [length for length, count in zip(lengths, counts, strict=True) for _ in range(count)]
    assert expected == [read_duration(f"1{unit}") for unit in UNITS]


@given(timedeltas)
@example(timedelta(days=106_751_991))
@example(timedelta(days=999_999_999))
@example(timedelta(0))
@example(timedelta(microseconds=1))
def test_timedeltas_are_written_for_every_flink(value: timedelta) -> None:
    """A `timedelta` is written exactly, and in the form that Flink 1.20 reads too."""
    string = write_duration(value)
    assert read_duration(string) == value // timedelta(microseconds=1) * 1000
    assert re.fullmatch(r"[0-9]+(h|min|s|ms|micros)", string)


@pytest.mark.parametrize(
    ("value", "string"),
    [
        (timedelta(0), "0s"),
        (timedelta(days=1), "24h"),
        (timedelta(minutes=90), "90min"),
        (timedelta(seconds=61), "61s"),
        (timedelta(milliseconds=1500), "1500ms"),
        (timedelta(microseconds=1001), "1001micros"),
    ],
)
def test_largest_exact_unit(value: timedelta, string: str) -> None:
    """The unit is the largest that is exact."""
    assert string == write_duration(value)


def test_negative_timedelta() -> None:
    """A negative `timedelta` is refused."""
    with pytest.raises(Rejected, match="^expected a duration that is not negative$"):
        write_duration(timedelta(microseconds=-1))


def test_timedeltas_that_no_long_holds() -> None:
    """A duration is refused if it needs microseconds, and more of them than a Java long holds."""
    with pytest.raises(Rejected, match=r"^expected a duration that Java's long can hold in microseconds$"):
        write_duration(timedelta.max)
