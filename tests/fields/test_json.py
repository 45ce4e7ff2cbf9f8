# SPDX-License-Identifier: Apache-2.0
"""JSON in options: its levels, its types, and a full stack."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from odd_values import ForeignFloat, ForeignInt, Whole, Word, nested

from llmproviders import MASK, MaskedText, Rejected
from llmproviders.fields.converters import (
    json_headers,
    json_object,
)
from llmproviders.fields.extras import extra_value
from llmproviders.syntax.json import read_json

HUGE = 10**5000


def test_levels_of_json() -> None:
    """JSON has at most 200 levels, given as string or as mapping."""
    assert nested(200) == read_json(json_object(nested(200)) or "")
    assert json_object(json.dumps(nested(200))) == json_object(nested(200))
    assert '{"a": "[[[[["}' == json_object('{"a": "[[[[["}')
    brackets = json.dumps({"a": '\\"[{' * 300})
    assert brackets == json_object(brackets)
    for value in (nested(201), nested(5000)):
        with pytest.raises(Rejected, match="more than 200 levels"):
            json_object(value)
    for string in ('{"a":' * 201 + "1" + "}" * 201, '{"a":' * 90_000):
        for convert in (json_object, json_headers):
            with pytest.raises(Rejected, match="^expected JSON of at most 200 levels$"):
                convert(string)


@pytest.mark.parametrize("levels", [201, 600, 5000])
def test_nested_brackets_are_a_string(levels: int) -> None:
    """JSON of too many levels is a plain string as an extra option, and is masked as a whole if it may hold a credential."""
    string = "[" * levels + "]" * levels
    assert string == extra_value("x", string)
    assert str is type(extra_value("x", string))
    hidden = extra_value("x", string.replace("[]", '["api_key"]'))
    assert isinstance(hidden, MaskedText)
    assert MASK == str(hidden)


def test_a_full_stack() -> None:
    """If the caller has used up the stack, the value is accepted or the error is one of the library."""

    def deep(convert: Callable[[], object]) -> object:
        try:
            return deep(convert)
        except RecursionError:
            return convert()

    string = json.dumps(nested(150))
    for convert in (lambda: json_object(string), lambda: json_object(nested(150)), lambda: extra_value("x", nested(150))):
        try:
            deep(convert)
        except Rejected:
            continue


def test_json_of_other_types() -> None:
    """Subclasses and foreign numbers become JSON's types; huge ints are refused."""
    assert '{"one": "one", "a": [2, 3, 0.5]}' == json_object(
        {Word.ONE: Word.ONE, "a": (Whole.TWO, ForeignInt(3), ForeignFloat(0.5))}
    )
    with pytest.raises(Rejected, match=r"at \['a'\], not an int of so many digits"):
        json_object({"a": HUGE})
    with pytest.raises(Rejected, match="^expected a JSON object with each name once$"):
        json_object(f'{{"a": 1{"0" * 5000}}}')
