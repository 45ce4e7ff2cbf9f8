# SPDX-License-Identifier: Apache-2.0
"""Edits of documents in each format keep all other characters."""

from __future__ import annotations

from typing import Any

import pytest

from llmproviders import ProviderError
from llmproviders.catalogs.formats.lookup import format_module

CHAT = ("providers", "chat")


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("providers:\n  chat: {a: 1}", (*CHAT, "a"), 2, "providers:\n  chat: {a: 2}"),
        ("providers:\n  chat: {a: 1}", (*CHAT, "b"), ["x"], "providers:\n  chat: {a: 1, b: [x]}"),
        ("providers:\n  chat: {}\n", (*CHAT, "b"), "no", 'providers:\n  chat: {b: "no"}\n'),
        ("providers:\n  chat: {a: 1, b: 2}\n", (*CHAT, "a"), None, "providers:\n  chat: {b: 2}\n"),
        ("providers:\n  chat:\n    a:\n    b: ~\n", (*CHAT, "a"), "x", "providers:\n  chat:\n    a: x\n    b: ~\n"),
        ("providers:\n  chat:\n    a: |\n      x\n\n    b: ~\n", (*CHAT, "a"), "z", "providers:\n  chat:\n    a: z\n\n    b: ~\n"),
        ("providers:\n  chat:\n    a: !!str 1\n", (*CHAT, "a"), 2, "providers:\n  chat:\n    a: 2\n"),
        ("providers:\n  chat:\n    a: &x 1\n    b: *x\n", (*CHAT, "b"), 2, "providers:\n  chat:\n    a: &x 1\n    b: 2\n"),
        ("providers:\n  chat:\n    a: &x 1\n    b: *x\n", (*CHAT, "a"), 2, "providers:\n  chat:\n    a: 2\n    b: &x 1\n"),
        ("providers:\n  chat:\n    a:\n      b: 1 # b\n    c: 2", (*CHAT, "a"), {"d": 1}, "providers:\n  chat:\n    a: {d: 1} # b\n    c: 2"),
        ("providers:\n  chat:\n    a:\n    - 1\n    # a\n    c: 2", (*CHAT, "a"), "x", "providers:\n  chat:\n    a: x\n    # a\n    c: 2"),
        ("providers:\n  chat:\n    a: 1\n    c: 2", (*CHAT, "c"), None, "providers:\n  chat:\n    a: 1"),
        ("providers:\n  chat:\n    a: 1\n    c:\n    - 2", (*CHAT, "d"), 3, "providers:\n  chat:\n    a: 1\n    c:\n    - 2\n    d: 3"),
        ("providers:\n  chat:\n    a: |+\n      x\n\n", (*CHAT, "d"), 3, "providers:\n  chat:\n    a: |+\n      x\n\n    d: 3\n"),
        ("providers:\n  chat: {a}\n", (*CHAT, "a"), "x", "providers:\n  chat: {a: x}\n"),
        ("providers:\n  chat: {a, b: 2026-13-45}\n", (*CHAT, "a"), "x", "providers:\n  chat: {a: x, b: 2026-13-45}\n"),
        ("a:\n  # n\n  b: 1\n", ("a", "b"), None, "a: {}\n  # n\n"),
        ("a: # n\n  b: 1 # m\nc: 1\n", ("a",), "x", "a: x # n # m\nc: 1\n"),
        ("# top\na: 1\n# end\n", ("a",), None, "# top\n{}\n# end\n"),
        ("a: {b: 1, # b\n  c: 2 , }", ("a", "c"), None, "a: {b: 1, # b\n   }"),
        ("a: {b: 1, # b\n  c: 2}", ("a", "c"), None, "a: {b: 1, # b\n  }"),
        ("a: {b: 1, c: 2 }", ("a", "c"), None, "a: {b: 1 }"),
        ("a: {b: , c: 2}", ("a", "c"), None, "a: {b: }"),
        ("a: {b: }", ("a", "c"), 2, "a: {b: , c: 2 }"),
        ("a: {b: 1}", ("a", "b"), None, "a: {}"),
        ("a:\n  -\n  - b\nc: 1\n", ("a",), 2, "a: 2\nc: 1\n"),
        ("? a\n: 1\n? b\n: 2\n", ("a",), None, "? b\n: 2\n"),
        ("a:\r\n  b: 1\r\n  c: 2\r\n", ("a", "b"), None, "a:\r\n  c: 2\r\n"),
        ("a: &x {p: &y 1}\nb: *y\nc: *x\n", ("a",), 5, "a: 5\nb: &y 1\nc: &x {p: &y 1}\n"),
        ("a: b\nc: |+\n  t\n\nd: 1\n", ("c",), None, "a: b\nd: 1\n"),
    ],
)  # fmt: skip
def test_edit_yaml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """No other character changes, except where an anchor moves or the last line is removed."""
    assert format_module("yaml").edit(text, path, value) == expected


def test_edit_yaml_that_cannot_be_edited() -> None:
    """An edit that would change other values, or whose result would be no YAML, is refused."""
    edit = format_module("yaml").edit
    message = (
        r"^{} cannot be set without changing other values \(is it shared by an anchor, or merged\?\); edit the file by hand$"
    )
    for text, path, value in (
        ("a: &x {p: 1}\nb: *x\n", ("a", "q"), 2),
        ("a: &x {p: 1}\nb: *x\n", ("b", "q"), 2),
        ("a: &x {p: 1}\nb: *x\n", ("b", "p"), None),
        ("a: &x {p: {q: 1}}\nb: *x\n", ("b", "p", "q"), 2),
        ("? a\n? b\n", ("a",), 2),
        ("a: |\n  x", ("b",), 2),
    ):
        with pytest.raises(ProviderError, match=message.format(".".join(path))):
            edit(text, path, value)


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ('{"a": {"b": 1}}', ("a", "b"), {"c": [1]}, '{"a": {"b": {"c": [1]}}}'),
        ('{"a": {"b": 1}}', ("a", "c"), 2, '{"a": {"b": 1, "c": 2}}'),
        ('{"a": {}}', ("a", "c"), 2, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "b"), None, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "c"), None, '{"a": {"b": 1}}'),
        ('{"a": {"b": 1}}', ("a", "b"), None, '{"a": {}}'),
        ('{\n\t"a": 1e5, "b": "\\u00e9"\n}', ("c",), {"d": 1}, '{\n\t"a": 1e5, "b": "\\u00e9", "c": {\n\t\t"d": 1\n\t}\n}'),
    ],
)  # fmt: skip
def test_edit_json(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """The other values are unchanged."""
    assert format_module("json").edit(text, path, value) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a.b = 1\na.c = 2\n", ("a", "b"), None, "a.c = 2\n"),
        ("a.b = 1\na.c = 2\n", ("a", "d"), 3, "a.b = 1\na.c = 2\na.d = 3\n"),
        ("[a]\nb = '''\nx\n'''\n# of c\n[c]\n", ("a", "d"), "y", "[a]\nb = '''\nx\n'''\nd = \"y\"\n# of c\n[c]\n"),
        ("[a]", ("a", "b", "c"), 1, "[a]\nb = {c = 1}"),
        ("[a]\r\n[b]\r\n", ("a", "c"), 1, "[a]\r\nc = 1\r\n[b]\r\n"),
    ],
)  # fmt: skip
def test_edit_toml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """A new key is added below the other keys of its table, above the comments of the next table."""
    assert format_module("toml").edit(text, path, value) == expected
