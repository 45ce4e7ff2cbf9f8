# SPDX-License-Identifier: Apache-2.0
"""JSON in option strings: reading, writing, and refused values."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from strategies import json_objects, json_values

from llmproviders import Rejected
from llmproviders.syntax.json import read_json_object, write_json


@given(json_objects)
def test_written_json_is_read_back(value: dict[str, Any]) -> None:
    """Mappings come back from their JSON, tuples as lists; the JSON is that of `json.dumps`."""
    string = write_json(value)
    assert json.dumps(value, allow_nan=False) == string
    assert json.loads(string) == read_json_object(string)


@given(json_values)
def test_json_is_as_json_dumps_writes_it(value: Any) -> None:
    """Every value that JSON can carry is written as `json.dumps` writes it."""
    assert json.dumps(value, allow_nan=False) == write_json(value)


@pytest.mark.parametrize(
    "string",
    ["", "[]", "1", "null", "{", '{"a": NaN}', '{"a": 1, "a": 2}', '{"b": {"a": 1, "a": 2}}', '{"a": 1' + "0" * 5000 + "}"],
)
def test_refused_json(string: str) -> None:
    """A string that is no JSON object with each name once is refused."""
    with pytest.raises(Rejected, match="^expected a JSON object with each name once$"):
        read_json_object(string)


def test_too_deep_json() -> None:
    """JSON has at most 200 levels; brackets in strings do not count."""
    assert {"a": "[" * 999} == read_json_object('{"a": "' + "[" * 999 + '"}')
    assert [] != read_json_object('{"a":' * 199 + "[]" + "}" * 199)
    for string in ("[" * 99999, '{"a":' * 200 + "[]" + "}" * 200):
        with pytest.raises(Rejected, match="^expected JSON of at most 200 levels$"):
            read_json_object(string)


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
def test_values_that_json_cannot_carry(value: Any, expected: str) -> None:
    """A value that JSON cannot carry is refused with the element and the reason."""
    with pytest.raises(Rejected) as caught:
        write_json(value)
    assert expected == caught.value.expected


def test_one_container_twice_is_no_loop() -> None:
    """A container may appear more than once in another."""
    shared: list[Any] = []
    assert write_json([shared, shared]) == "[[], []]"
