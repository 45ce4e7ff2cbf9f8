# SPDX-License-Identifier: Apache-2.0
"""Maps are read as Flink's option parser reads them, and written so that every Flink reads them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from measured import MEASURED, outcome

from llmproviders import Rejected
from llmproviders.syntax.maps import read_map, write_map


def test_maps() -> None:
    """A string is read as Flink 2.1 and later read it; it is refused only if YAML may change it."""
    for string, expected, *_ in MEASURED["maps"]:
        found = outcome(read_map, string)
        refused = found is None and (":" in string and ("{" in string or re.search(r":\s|\s:|: ", string)))
        assert refused or (string, expected) == (string, found)


@pytest.mark.parametrize(
    ("string", "expected"),
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
        # Newer Flinks read these as another map than they look like.
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
        # Newer Flinks refuse this.
        (",,a:b", None),
    ],
    ids=range(19),
)
def test_map_strings(string: str, expected: dict[str, str] | None) -> None:
    """A string is read if the splitter and YAML read the same map."""
    assert expected == outcome(read_map, string)


any_map = st.dictionaries(st.text(), st.text())


@given(any_map)
@example({"": "", "'": "''", " a ": "\n", "{": "}", "a:b": 'c,"d', "\x7f\ufffe": "\x00\x85\u2028\ufeff"})
def test_written_maps_are_read_back(value: dict[str, str]) -> None:
    """Any mapping of strings comes back from the string of its map."""
    assert value == read_map(write_map(value))


@pytest.mark.parametrize(
    ("value", "string"),
    [
        ({}, ""),
        ({"a": "b", "X-Y": "c d/e.f"}, "a:b,X-Y:c d/e.f"),
        ({"Authorization": "Bearer abc=="}, "Authorization:Bearer abc=="),
        ({"a": "it's"}, "'''a'':''it''''s'''"),
        ({"a": ""}, "'''a'':'''''"),
        # YAML would read the second value as a map without the quotes.
        ({"0": "0", "x": "y: z"}, "'''0'':''0''','''x'':''y: z'''"),
        ({"a": " b"}, "'''a'':'' b'''"),
        ({"": "b"}, "''''':''b'''"),
    ],
)
def test_written_maps(value: dict[str, str], string: str) -> None:
    """Pairs are written without quotes where possible, others with the quotes that every Flink reads."""
    assert string == write_map(value)


def test_map_messages() -> None:
    """The problem of a map is named."""
    form = "expected a Flink map such as 'name:value,other:value'"
    messages = {}
    for string in ["a", "a:b,a:c", "'a:b'c", "'a:b", '{"a": null}']:
        with pytest.raises(Rejected) as caught:
            read_map(string)
        messages[string] = str(caught.value)
    assert {
        "a": form,
        "a:b,a:c": f"{form}, each name once",
        "'a:b'c": f"{form}; a pair in quotes ends with its quote",
        "'a:b": f"{form}; a quote that is opened must be closed",
        '{"a": null}': "expected a JSON object of strings, whole numbers and booleans",
    } == messages
