# SPDX-License-Identifier: Apache-2.0
"""Texts are read as Flink's option parser reads them, which was measured, and written so that every Flink reads them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import UNITS, duration_texts, json_objects, json_values, timedeltas

from llmproviders import Rejected
from llmproviders.syntax.scalars import (
    read_boolean,
    read_double,
    read_duration,
    read_integer,
    read_json_object,
    read_map,
    write_duration,
    write_json,
    write_map,
)

MEASURED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data/flink_texts.json").read_text(encoding="utf-8"))


def outcome(read: Callable[[str], Any], text: str) -> Any:
    """What *read* makes of a text; None if it refuses."""
    try:
        return read(text)
    except Rejected:
        return None


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
    assert outcome(read_duration, "9" * 5000 + "s") is None
    assert outcome(read_duration, "PT" + "9" * 5000 + "S") is None
    assert read_duration("0" * 5000 + "7ns") == 7


def nanos(iso: str | None) -> int | None:
    """Nanoseconds of a duration as Java prints it."""
    if iso is None:
        return None
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", iso)
    assert found is not None
    hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return int((hours * 3600 + minutes * 60 + seconds) * 10**9)


def test_durations() -> None:
    """Every measured text is read, or refused, as Flink 2.1 and later do."""
    expected = [[text, nanos(seen)] for text, seen in MEASURED["durations"]]
    assert expected == [[text, outcome(read_duration, text)] for text, _ in expected]


@pytest.mark.parametrize("text", ["PT1M-30S", "PT-1M90S", "-PT-30S", "PT30,0S", "PT30.S"])
def test_signs_within_durations(text: str) -> None:
    """ISO-8601 as Java reads it: parts may be negative as long as the sum is not."""
    assert read_duration(text) == 30 * 10**9


@pytest.mark.parametrize("text", ["PT-0.5S", "-PT0.5S", "PT1M-60.000000001S", "P", "PT", "P1DT", "PT1.1234567890S", "PT\u0661S"])
def test_refused_iso_durations(text: str) -> None:
    """What is negative in sum, empty, or finer than a nanosecond is no duration."""
    assert outcome(read_duration, text) is None


@given(duration_texts)
def test_generated_durations_are_read(text: str) -> None:
    """Every text of Flink's grammar is a duration, and blanks around it make no difference."""
    assert read_duration(text) == read_duration(f"\t{text}\x00")


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
    text = write_duration(value)
    assert read_duration(text) == value // timedelta(microseconds=1) * 1000
    assert re.fullmatch(r"[0-9]+(h|min|s|ms|micros)", text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(days=1), "24h"),
        (timedelta(minutes=90), "90min"),
        (timedelta(seconds=61), "61s"),
        (timedelta(milliseconds=1500), "1500ms"),
        (timedelta(microseconds=1001), "1001micros"),
    ],
)
def test_largest_exact_unit(value: timedelta, text: str) -> None:
    """The unit is the largest that is exact."""
    assert text == write_duration(value)


def test_negative_timedelta() -> None:
    """There are no negative durations."""
    with pytest.raises(Rejected, match="^expected a duration that is not negative$"):
        write_duration(timedelta(microseconds=-1))


# Maps -----------------------------------------------------------------------------------------------------------------


def test_maps() -> None:
    """A text is read as Flink 2.1 and later read it, or refused: only what YAML may make something else of is."""
    for text, expected, *_ in MEASURED["maps"]:
        found = outcome(read_map, text)
        refused = found is None and (":" in text and ("{" in text or re.search(r":\s|\s:|: ", text)))
        assert refused or (text, expected) == (text, found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc", {"Authorization": "Bearer abc"}),
        ("X-Url: http://h:80/x", {"X-Url": "http://h:80/x"}),
        ("X-A: 1,X-B: 2", {"X-A": "1", "X-B": "2"}),
        ('{"a": "1.10", "b": 3, "c": true}', {"a": "1.10", "b": "3", "c": "true"}),
        (",a:b", {"a": "b"}),
        ("'a: b # c'", {"a": "b # c"}),
        # Every Flink reads these.
        ("a:b # c", {"a": "b # c"}),
        ("a:1.10", {"a": "1.10"}),
        # To newer Flinks these are another map than they look like.
        ("X-Version: 1.10", None),
        ("a: 010", None),
        ("a: b # c", None),
        ("a: true", None),
        ("{a: b}", None),
        ('{"a": 1.10}', None),
        ('{"a": {"x": 1}}', None),
        ('{"a":\t"b"}', None),
        ('{"' + "a" * 1001 + '": "b"}', None),
        ('{"a": "\\ud800"}', None),
        # And these none at all.
        (",,a:b", None),
    ],
    ids=range(19),
)
def test_map_texts(text: str, expected: dict[str, str] | None) -> None:
    """What the splitter and YAML read alike, and what they do not."""
    assert expected == outcome(read_map, text)


any_map = st.dictionaries(st.text(), st.text())


@given(any_map)
@example({"": "", "'": "''", " a ": "\n", "{": "}", "a:b": 'c,"d', "\x7f\ufffe": "\x00\x85\u2028\ufeff"})
def test_written_maps_are_read_back(value: dict[str, str]) -> None:
    """Any mapping of texts comes back from its map text."""
    assert value == read_map(write_map(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, ""),
        ({"a": "b", "X-Y": "c d/e.f"}, "a:b,X-Y:c d/e.f"),
        ({"Authorization": "Bearer abc=="}, "Authorization:Bearer abc=="),
        ({"a": "it's"}, "'''a'':''it''''s'''"),
        ({"a": ""}, "'''a'':'''''"),
        # The first would be read as YAML, were it not in quotes.
        ({"0": "0", "x": "y: z"}, "'''0'':''0''','''x'':''y: z'''"),
        ({"a": " b"}, "'''a'':'' b'''"),
        ({"": "b"}, "''''':''b'''"),
    ],
)
def test_written_maps(value: dict[str, str], text: str) -> None:
    """Harmless pairs are written as they are, others in the one quoting that every Flink reads."""
    assert text == write_map(value)


def test_map_messages() -> None:
    """What is wrong with a map text is said."""
    form = "expected a Flink map such as 'name:value,other:value'"
    messages = {}
    for text in ["a", "a:b,a:c", "'a:b'c", "'a:b", '{"a": null}']:
        with pytest.raises(Rejected) as caught:
            read_map(text)
        messages[text] = str(caught.value)
    assert {
        "a": form,
        "a:b,a:c": f"{form}, each name once",
        "'a:b'c": f"{form}; a pair in quotes ends with its quote",
        "'a:b": f"{form}; a quote that is opened must be closed",
        '{"a": null}': "expected a JSON object of strings, whole numbers and booleans",
    } == messages


# JSON -----------------------------------------------------------------------------------------------------------------


@given(json_objects)
def test_written_json_is_read_back(value: dict[str, Any]) -> None:
    """Mappings come back from their JSON text, tuples as lists; the text is what `json.dumps` writes."""
    text = write_json(value)
    assert json.dumps(value, allow_nan=False) == text
    assert json.loads(text) == read_json_object(text)


@given(json_values)
def test_json_is_as_json_dumps_writes_it(value: Any) -> None:
    """Whatever JSON can carry is written as `json.dumps` does."""
    assert json.dumps(value, allow_nan=False) == write_json(value)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "1", "null", "{", '{"a": NaN}', '{"a": 1, "a": 2}', '{"b": {"a": 1, "a": 2}}', '{"a": 1' + "0" * 5000 + "}"],
)
def test_refused_json(text: str) -> None:
    """Only a JSON object with each name once is one."""
    with pytest.raises(Rejected, match="^expected a JSON object with each name once$"):
        read_json_object(text)


def test_too_deep_json() -> None:
    """JSON has at most 200 levels; brackets in strings do not count."""
    assert {"a": "[" * 999} == read_json_object('{"a": "' + "[" * 999 + '"}')
    assert [] != read_json_object('{"a":' * 199 + "[]" + "}" * 199)
    for text in ("[" * 99999, '{"a":' * 200 + "[]" + "}" * 200):
        with pytest.raises(Rejected, match="^expected JSON of at most 200 levels$"):
            read_json_object(text)


def test_ints_among_doubles() -> None:
    """What is written again as it was read is an int, all else a float, and there is no -0.0."""
    texts = ["1", "0", "-1", "9" * 300, "01", "-0", "1.0", "+1", " 1", "1e2", "1" + "0" * 308, "9" * 309, "\u0661"]
    expected = [1, 0, -1, 10**300 - 1, 1.0, 0.0, 1.0, 1.0, 1.0, 100.0, 10**308, None, None]
    assert [repr(value) for value in expected] == [repr(outcome(read_double, text)) for text in texts]


def _loop() -> dict[str, Any]:
    loop: dict[str, Any] = {"a": []}
    loop["a"].append(loop)
    return loop


def _deep() -> list[Any]:
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, {1}]}, "a value that JSON can carry at ['a'][1], not a value of type set"),
        ({1: 2}, "a value that JSON can carry, not a name of type int"),
        ({"\ud800": 2}, "a value that JSON can carry, not a name with a lone surrogate"),
        (["\ud800"], "a value that JSON can carry at [0], not a string with a lone surrogate"),
        ((math.nan,), "a value that JSON can carry at [0], not nan"),
        ([-math.inf], "a value that JSON can carry at [0], not -inf"),
        (_loop(), "a value that JSON can carry at ['a'][0], not a container that holds itself"),
        (_deep(), "a value that JSON can carry at [0][0][0], not more than 200 levels"),
        (b"", "a value that JSON can carry, not a value of type bytes"),
    ],
    ids=range(9),
)
def test_what_json_cannot_carry(value: Any, expected: str) -> None:
    """The message says which element, and why."""
    with pytest.raises(Rejected) as caught:
        write_json(value)
    assert expected == caught.value.expected


def test_one_container_twice_is_no_loop() -> None:
    """A container may be in another more than once."""
    shared: list[Any] = []
    assert write_json([shared, shared]) == "[[], []]"


def test_timedeltas_that_no_long_holds() -> None:
    """What can only be written in microseconds, and in more than a Java long has, is refused."""
    with pytest.raises(Rejected, match=r"^expected a duration that Java's long can hold in microseconds$"):
        write_duration(timedelta.max)
