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
