# SPDX-License-Identifier: Apache-2.0
"""Values that fields accept by their type."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from odd_values import Broken, ForeignFloat, ForeignInt, Own, Whole, Word

from llmproviders import Rejected, RejectedType, Secret, between
from llmproviders.fields.acceptance import accept_string, choice_acceptor, enum_acceptor, number_acceptor, string_of
from llmproviders.fields.converters import (
    duration,
    fallback,
    json_object,
    secret,
    stop_strings,
    url,
)
from llmproviders.fields.extras import ExtraOptions, extra_value
from llmproviders.syntax.scalars import read_double

HUGE = 10**5000
KEY = "sk-0123456789abcdef"


def same(expected: object, found: object) -> bool:
    return (type(expected), repr(expected)) == (type(found), repr(found))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (1, 1),
        (0, 0),
        (0.5, 0.5),
        (-0.0, 0.0),
        (ForeignFloat(-0.0), 0.0),
        (ForeignInt(3), 3),
        (Whole.TWO, 2),
        (Fraction(1, 4), 0.25),
        (10**300, 10**300),
    ],
    ids=range(9),
)
def test_numbers_keep_their_kind(given: Any, expected: float) -> None:
    """An int stays an int where a float is expected, -0.0 becomes 0.0, and other numbers become Python's own."""
    assert same(expected, number_acceptor("Double", None)(given))
    # A rule does not change the value.
    assert same(expected, number_acceptor("Double", between(-(10.0**301), 10.0**301))(given))


@pytest.mark.parametrize("java", ["Integer", "Long", "Double"])
@pytest.mark.parametrize("given", [True, "1", None, Broken(), [], 1j], ids=["bool", "str", "None", "broken", "list", "complex"])
def test_other_values_are_no_numbers(java: str, given: Any) -> None:
    """Booleans, strings and complex numbers are refused where a number is expected."""
    with pytest.raises(RejectedType):
        number_acceptor(java, None)(given)


@pytest.mark.parametrize("given", [5.0, Fraction(5), ForeignFloat(5.0)], ids=["float", "Fraction", "foreign"])
def test_floats_are_no_ints(given: Any) -> None:
    """A float is refused where an int is expected, even if it is a whole number."""
    with pytest.raises(RejectedType, match="^expected an int$"):
        number_acceptor("Long", None)(given)
    assert same(5.0, number_acceptor("Double", None)(given))


@pytest.mark.parametrize(
    "given", [HUGE, -HUGE, ForeignInt(HUGE), Fraction(HUGE), math.inf, math.nan, ForeignFloat(math.nan)], ids=range(7)
)
def test_numbers_out_of_bounds(given: Any) -> None:
    """A number out of bounds is refused with an error of the library, not with Python's error about too many digits."""
    with pytest.raises(Rejected, match="^expected a finite number$"):
        number_acceptor("Double", None)(given)
    with pytest.raises(Rejected, match="^expected (an int|an int within Java's int .*)$"):
        number_acceptor("Integer", None)(given)
    for accept in (string_of, duration, fallback, lambda value: extra_value("x", value), lambda value: json_object({"a": value})):
        with pytest.raises(Rejected):
            accept(given)


def test_rules_of_numbers() -> None:
    """A rule is checked unless validators are switched off; the bounds of Java's types always hold."""
    share = number_acceptor("Double", between(0, 1, open_low=True))
    count = number_acceptor("Integer", between(1, 10))
    for accept, value in ((share, 0), (share, 0.0), (share, 2), (share, 1.5), (count, 0), (count, 11)):
        with pytest.raises(Rejected, match="a finite number greater than 0 and at most 1|an int from 1 to 10"):
            accept(value)
        with attrs.validators.disabled():
            assert same(value, accept(value))
    assert [1, 0.5, 10] == [share(1), share(0.5), count(10)]
    with attrs.validators.disabled():
        for value in (2**31, HUGE):
            with pytest.raises(Rejected, match="Java's int"):
                count(value)
        with pytest.raises(Rejected, match="a finite number"):
            share(math.inf)


def test_numpy() -> None:
    """NumPy's numbers are accepted as numbers, its booleans are not."""
    numpy = pytest.importorskip("numpy")
    double = number_acceptor("Double", None)
    assert same(5, number_acceptor("Long", None)(numpy.int64(5)))
    assert [True] * 3 == [
        same(5, double(numpy.uint8(5))),
        same(0.5, double(numpy.float32(0.5))),
        same(0.5, double(numpy.float64(0.5))),
    ]
    assert {"a": "5", "b": "0.5", "c": '{"x": [1, 0.5]}'} == ExtraOptions(
        {"a": numpy.int64(5), "b": numpy.float32(0.5), "c": {"x": [numpy.int16(1), numpy.float64(0.5)]}}
    )
    for accept in (double, string_of):
        with pytest.raises(RejectedType):
            accept(numpy.bool_(True))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**299), 10**299))
@example(-0.0)
def test_numbers_are_read_back_from_their_string(number: float) -> None:
    """The string of an accepted number is read as the same number of the same type."""
    accept = number_acceptor("Double", None)
    number = accept(number)
    again = accept(read_double(string_of(number)))
    assert (string_of(number), number) == (string_of(again), again)
    assert type(number) is type(again)


def test_subclasses_of_str() -> None:
    """A value of a subclass of `str` becomes a plain string of its characters, whatever its methods return."""
    accepts: list[Callable[[Any], Any]] = [
        accept_string,
        url,
        stop_strings,
        fallback,
        choice_acceptor(["x"]),
        duration,
        json_object,
    ]
    for accept, string in zip(accepts, ["x", "x", "x", "x", "x", "5s", "{}"], strict=True):
        found = accept(Own(string))
        assert str is type(found)
        assert string == found
    assert Secret("x") == secret(Own("x"))
    assert Word.ONE is enum_acceptor(Word)(Own("ONE"))
