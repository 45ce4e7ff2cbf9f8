# SPDX-License-Identifier: Apache-2.0
"""Edits of documents in each format keep all other characters."""

from __future__ import annotations

from typing import Any

import pytest

from llmproviders import ProviderError
from llmproviders.catalogs.formats.lookup import FORMATS, Format, format_module

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
        ("? a\n: 1\n", ("c",), 3, "? a\n: 1\nc: 3\n"),
        # The value of an explicit key begins on the line of its colon.
        ('? "\\N"\n: a: 1\n  b: 2\n', ("\x85", "c"), 3, '? "\\N"\n: a: 1\n  b: 2\n  c: 3\n'),
        ("? e\n: a: 1  # one\n  # two\n  b: 2\n", ("e", "a"), None, "? e\n:\n  # two\n  b: 2\n"),
        ("a:\r\n  b: 1\r\n  c: 2\r\n", ("a", "b"), None, "a:\r\n  c: 2\r\n"),
        ("a: &x {p: &y 1}\nb: *y\nc: *x\n", ("a",), 5, "a: 5\nb: &y 1\nc: &x {p: &y 1}\n"),
        ("a: b\nc: |+\n  t\n\nd: 1\n", ("c",), None, "a: b\nd: 1\n"),
        ("providers:\n  a: &a {x: 1}\n  b: {<<: *a}\n", ("providers", "b", "x"), 2, "providers:\n  a: &a {x: 1}\n  b: {<<: *a, x: 2}\n"),
        ("providers:\n  a: &a {x: 1}\n  b: {<<: *a}\n", ("providers", "a"), None, "providers:\n  b: {<<: &a {x: 1}}\n"),
        ("providers: {}", ("providers", "a"), {"b": 1}, "providers:\n  a:\n    b: 1"),
        ("providers: {} # c\nb: 1\n", ("providers", "a"), {"b": 1}, "providers: # c\n  a:\n    b: 1\nb: 1\n"),
        ("{}\n# c\n", ("providers", "a"), {"b": 1}, "providers:\n  a:\n    b: 1\n# c\n"),
        ("providers: {a: 1}\n", ("providers", "c"), {"b": 1}, "providers: {a: 1, c: {b: 1}}\n"),
        ("providers: {a: {b: 1}}\n", ("providers", "c"), {"b": 1}, "providers: {a: {b: 1}, c: {b: 1}}\n"),
        ("providers:\n  a: {b: 1}\n", ("providers", "c"), {"b": 1}, "providers:\n  a: {b: 1}\n  c: {b: 1}\n"),
        ("providers:\n  # of a\n  a:\n    b: 1\n\n  # of c\n  c:\n    b: 1\n", ("providers", "a"), None, "providers:\n  # of c\n  c:\n    b: 1\n"),
    ],
)  # fmt: skip
def test_edit_yaml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """No other character changes, except where an anchor moves or the last line is removed."""
    assert format_module("yaml").edit(text, {path: value}) == expected


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
        ("a: &x {p: 1}\nb: {<<: *x}\n", ("b", "p"), None),
        ("a: &x {p: 1}\nb: {<<: *x}\n", ("a", "p"), 2),
    ):
        with pytest.raises(ProviderError, match=message.format(".".join(path))):
            edit(text, {path: value})


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ('{"a": {"b": 1}}', ("a", "b"), {"c": [1]}, '{"a": {"b": {"c": [1]}}}'),
        ('{"a": {"b": 1}}', ("a", "c"), 2, '{"a": {"b": 1, "c": 2}}'),
        ('{"a": {}}', ("a", "c"), 2, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "b"), None, '{"a": {"c": 2}}'),
        ('{"a": {"b": 1, "c": 2}}', ("a", "c"), None, '{"a": {"b": 1}}'),
        ('{"a": {"b": 1}}', ("a", "b"), None, '{"a": {}}'),
        ('{\n  "a": {}\n}', ("a", "b"), {"c": 1}, '{\n  "a": {\n    "b": {\n      "c": 1\n    }\n  }\n}'),
        ('{\n  "a": {"x": 1},\n  "b": {}\n}\n', ("a",), None, '{\n  "b": {}\n}\n'),
        ('{\n\t"a": 1e5, "b": "\\u00e9"\n}', ("c",), {"d": 1}, '{\n\t"a": 1e5, "b": "\\u00e9", "c": {\n\t\t"d": 1\n\t}\n}'),
    ],
)  # fmt: skip
def test_edit_json(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """The other values are unchanged."""
    assert format_module("json").edit(text, {path: value}) == expected


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("a.b = 1\na.c = 2\n", ("a", "b"), None, "a.c = 2\n"),
        ("a.b = 1\na.c = 2\n", ("a", "d"), 3, "a.b = 1\na.c = 2\na.d = 3\n"),
        ("[a]\nb = '''\nx\n'''\n# of c\n[c]\n", ("a", "d"), "y", "[a]\nb = '''\nx\n'''\nd = \"y\"\n# of c\n[c]\n"),
        ("[a]", ("a", "b", "c"), 1, "[a]\nb = {c = 1}"),
        ("[a]\r\n[b]\r\n", ("a", "c"), 1, "[a]\r\nc = 1\r\n[b]\r\n"),
        ("a.b = 1\n", ("a", "b"), None, "a = {}\n"),
        ("[a.b]\n", ("a", "b"), None, "[a]\n"),
        ("a = {b.c = 1, d = 2, b.e = 3}\n", ("a", "b"), None, "a = {d = 2}\n"),
        ("a = {b.c = {x = 1}, b.e = 3}\n", ("a", "b"), None, "a = {}\n"),
        ("a = {}\n", ("a", "b"), [1, {"c": 2}], "a = {b = [1, {c = 2}]}\n"),
        ("a = {b = 1}\n", ("a", "c"), 2, "a = {b = 1, c = 2}\n"),
        ("[a.b]\nc = 1\n[d]\n", ("a", "e"), 1, "[a.b]\nc = 1\n\n[a]\ne = 1\n[d]\n"),
        ("# top\n\n# of a\n[a]\n", ("b",), 1, "# top\n\nb = 1\n\n# of a\n[a]\n"),
        ("# top\n[a]\n", ("b",), 1, "# top\nb = 1\n\n[a]\n"),
        ("", ("b",), 1, "b = 1\n"),
        ("a = 1\n\n\n[b]\nc = 1\n\n", ("b",), None, "a = 1\n"),
        ("[b]\nc = 1\n\n[d]\n", ("b",), None, "[d]\n"),
        ("[a.b]\nx = 1\n[a.c]\ny = 1\n[a.b.d]\n", ("a", "b"), 5, "[a.c]\ny = 1\n\n[a]\nb = 5\n"),
        ("providers.a.x = 1\nb = 2\n[c]\n", ("providers", "d"), {"x": 1}, "providers.a.x = 1\nb = 2\n[c]\n\n[providers.d]\nx = 1\n"),
        ("[providers]\na = {x = 1}\n", ("providers", "d"), {"x": 1}, "[providers]\na = {x = 1}\nd = {x = 1}\n"),
        ("", ("providers", "d"), {"x": {"y": 1}}, "[providers.d]\nx = {y = 1}\n"),
        ("x = 1", ("providers", "d", "e"), 2, "x = 1\n\n[providers.d]\ne = 2"),
        ("x = 1\n", ("providers",), {"d": 2}, "x = 1\nproviders = {d = 2}\n"),
    ],
)  # fmt: skip
def test_edit_toml(text: str, path: tuple[str, ...], value: Any, expected: str) -> None:
    """A new key is added below the other keys of its table, above the comments of the next table."""
    assert format_module("toml").edit(text, {path: value}) == expected


def test_edit_toml_that_cannot_be_edited() -> None:
    """An edit whose result would be no TOML is refused."""
    text = "a = {b.c = 1}\n"
    with pytest.raises(ProviderError, match=r"^a\.b\.c cannot be edited without other changes; edit the file by hand$"):
        format_module("toml").edit(text, {("a", "b", "c"): None})
    deep: list[Any] = []
    for _ in range(101):
        deep = [deep]
    with pytest.raises(ProviderError, match=r"^a\.d cannot be edited without other changes; edit the file by hand$"):
        format_module("toml").edit(text, {("a", "d"): deep})


@pytest.mark.parametrize("format_", FORMATS)
def test_edits_of_missing_parts(format_: Format) -> None:
    """A value that is to be removed or renamed exists, and no path leads through a value that is not a table."""
    module = format_module(format_)
    text = module.write({"providers": {"a": {"x": 1}, "b": {}}})
    for path in (("providers", "c"), ("providers", "a", "y"), ("c", "d")):
        with pytest.raises(ProviderError, match=f"^{'.'.join(path)} is not in the file$"):
            module.edit(text, {path: None})
        with pytest.raises(ProviderError, match=f"^{'.'.join(path)} is not in the file$"):
            module.rename(text, path, "z")
    with pytest.raises(ProviderError, match=r"^providers\.a\.x is not a mapping; edit the file by hand$"):
        module.edit(text, {("providers", "a", "x", "y"): 1})
    with pytest.raises(ProviderError, match=r"^providers\.b is in the file already$"):
        module.rename(text, ("providers", "a"), "b")


TOML = """\
# Our models.
default = "chat"

# The usual one.
[providers.chat]
provider = "openai-compat"  # usual

[providers.chat.extra_body]
a = 1

# For search.
[providers.embed]
extends = "chat"
"""
YAML = """\
# Our models.
default: chat

providers:
  # The usual one.
  chat:
    provider: openai-compat  # usual
    extra_body:
      a: 1

  # For search.
  embed:
    extends: chat
"""
JSON = """\
{
  "default": "chat",
  "providers": {
    "chat": {
      "provider": "openai-compat",
      "extra_body": {"a": 1}
    },
    "embed": {"extends": "chat"}
  }
}
"""
DOCUMENTS = {"toml": TOML, "yaml": YAML, "json": JSON}
NEW = {
    "toml": '\n[providers.new]\nextends = "chat"\nstop = ["x"]\n',
    "yaml": "\n  new:\n    extends: chat\n    stop:\n    - x\n",
    "json": ',\n    "new": {\n      "extends": "chat",\n      "stop": [\n        "x"\n      ]\n    }',
}


@pytest.mark.parametrize("format_", FORMATS)
def test_add_an_entry(format_: Format) -> None:
    """A new entry is written as the others are, below them."""
    text = DOCUMENTS[format_]
    new = format_module(format_).edit(text, {("providers", "new"): {"extends": "chat", "stop": ["x"]}})
    end = "\n  }\n}\n" if format_ == "json" else ""
    assert text.removesuffix(end) + NEW[format_] + end == new


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("toml", "[providers]\n"),
        ("toml", "providers = {}\n"),
        ("toml", "providers = { a = { x = 1 } }  # all\n"),
        ("toml", "[providers]\na = { x = 1 }\n  b = { x = 2 }  # last\n"),
        ("toml", 'providers.a.x = 1\n\n[env.prod]\ndefault = "a"\n'),
        ("toml", "[providers.a]\nx = 1\n[providers.b]\nx = 2\n"),
        ("toml", '[providers.a]\nx = 1\n\n[providers.b]\nx = 2\n\n[env.prod]\ndefault = "a"'),
        ("yaml", "providers: {}\n"),
        ("yaml", "providers: {a: {x: 1}}  # all\n"),
        ("yaml", "providers:\n  a: {x: 1}\n"),
        ("yaml", "providers:\n    a:\n        x: 1\n\n    b: &b\n        x: 2\ndefault: a"),
        ("json", '{"providers": {}}'),
        ("json", '{"providers": {"a": {"x": 1}}}'),
        ("json", '{\r\n\t"providers": {},\r\n\t"default": "a"\r\n}\r\n'),
        ("json", '{\n  "providers": {"a": {"x": 1}},\n  "default": "a"\n}\n'),
    ],
)
def test_add_several_entries(format_: Format, text: str) -> None:
    """Entries that are added at once are added as one by one, in the layout of the others."""
    module = format_module(format_)
    members = {"new": {"x": 3, "y": {"z": [4]}}, "newer": {"x": 5}, "a b": {"x": 6}}
    expected = text
    for name, entry in members.items():
        expected = module.edit(expected, {("providers", name): entry})
    new = module.edit(text, {("providers", name): entry for name, entry in members.items()})
    assert expected == new
    tree = module.read(text)[0]
    assert module.read(new)[0] == {**tree, "providers": {**tree["providers"], **members}}


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("yaml", "env: &e\n  a: {x: 1}\nproviders: *e\n"),
        ("yaml", "env: &e {}\nproviders: *e\n"),
    ],
)
def test_entries_that_cannot_be_added(format_: Format, text: str) -> None:
    """Entries of a mapping that others share are not added."""
    with pytest.raises(ProviderError, match="cannot be (set|edited) without changing other values"):
        format_module(format_).edit(text, {("providers", "new"): {"x": 3}, ("providers", "newer"): {"x": 5}})


@pytest.mark.parametrize("format_", FORMATS)
def test_remove_an_entry(format_: Format) -> None:
    """An entry is removed with the comment directly above it and the blank line; other comments stay."""
    text, edit = DOCUMENTS[format_], format_module(format_).edit
    lines = text.split("\n")
    first, second = {"toml": ((3, 10), (9, 13)), "yaml": ((4, 10), (9, 13)), "json": ((3, 7), (7, 8))}[format_]
    assert lines[: first[0]] + lines[first[1] :] == edit(text, {CHAT: None}).split("\n")
    rest = lines[: second[0]] + lines[second[1] :]
    if format_ == "json":
        rest[6] = "    }"
    assert rest == edit(text, {("providers", "embed"): None}).split("\n")


@pytest.mark.parametrize("format_", FORMATS)
def test_rename_an_entry(format_: Format) -> None:
    """The name of an entry is replaced wherever it is the key, and nothing else."""
    text, rename = DOCUMENTS[format_], format_module(format_).rename
    old, new = {
        "toml": ("[providers.chat", '[providers."my chat"'),
        "yaml": ("  chat:", "  my chat:"),
        "json": ('    "chat":', '    "my chat":'),
    }[format_]
    assert text.replace(old, new) == rename(text, CHAT, "my chat")
    assert text == rename(rename(text, CHAT, "other"), ("providers", "other"), "chat")


def test_rename_where_toml_and_yaml_repeat_keys() -> None:
    """Dotted keys, headers, quotes, anchors of keys and aliases."""
    text = "a.b = 1\n'a'.c = {d.e = 1, d.f = 2}\n[x.a]\n"
    assert "z.b = 1\nz.c = {d.e = 1, d.f = 2}\n[x.a]\n" == format_module("toml").rename(text, ("a",), "z")
    assert 'a.b = 1\n\'a\'.c = {"".e = 1, "".f = 2}\n[x.a]\n' == format_module("toml").rename(text, ("a", "c", "d"), "")
    rename = format_module("yaml").rename
    assert "x: 1\nb: &k a\n" == rename("&k a: 1\nb: *k\n", ("a",), "x")
    assert "{x, c: 1}\n" == rename("{'a', c: 1}\n", ("a",), "x")
    for text, path in (("a: &x {p: 1}\nb: *x\n", ("b", "p")), ("a: &x {p: 1}\nb: {<<: *x}\n", ("b", "p"))):
        with pytest.raises(ProviderError, match=r"cannot be set without changing other values"):
            rename(text, path, "z")
