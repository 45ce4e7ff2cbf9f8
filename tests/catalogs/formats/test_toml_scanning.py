# SPDX-License-Identifier: Apache-2.0
"""The scanner finds the location of every part of a TOML document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llmproviders.catalogs.formats import toml
from llmproviders.catalogs.formats.locations import Path
from llmproviders.catalogs.formats.toml_scanning import has_long_key, scan
from llmproviders.catalogs.formats.trees import SyntaxProblem

KEYS = {"a": "a", "b-1": "b-1", '"q x"': "q x", "'l.]'": "l.]", '"\\u00e9#"': "é#", "1": "1", '""': ""}
SCALARS = [
    *("1", "1.5e3", "-inf", "0x1F", "true", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00"),
    *('""', '"s"', '"a\\"b"', '"\\\\"', "'l'", '"]"', '"},"', '"#"', "''"),
    *('"""m\n#x"y\n[z]"""', '""""q"""""', "'''m\n[z]'''''", '"""a\\\n  b\\""" = 1"""', '""""""'),
]
dotted = st.lists(st.sampled_from(sorted(KEYS)), min_size=1, max_size=3).map(".".join)
scalars = st.sampled_from(SCALARS)


def _containers(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.tuples(dotted, values).map(" = ".join)
    lists = st.lists(values, max_size=3)
    return st.one_of(
        lists.map(lambda each: f"[{', '.join(each)}]"),
        lists.map(lambda each: "[ # ]\n " + "".join(f"{value} # ,\n , " for value in each) + "\n]"),
        st.lists(members, max_size=3).map(lambda each: f"{{ {', '.join(each)} }}"),
    )


values = st.recursive(scalars, _containers, max_leaves=5)
statements = st.one_of(
    st.tuples(dotted, values).map(" = ".join),
    st.tuples(dotted, values).map(lambda pair: f"  {pair[0]}={pair[1]}\t# \" ' ["),
    dotted.map(lambda key: f"[{key}]"),
    dotted.map(lambda key: f"\t[[{key}]] # c"),
    st.sampled_from(["", "# [x]", " \t"]),
)
documents = st.tuples(st.lists(statements, max_size=6), st.sampled_from(["\n", "\r\n"])).map(lambda pair: pair[1].join(pair[0]))


def paths(tree: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all parts of a tree."""
    for step, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, step)
        yield from paths(value, (*path, step))


@given(documents)
def test_every_part_has_a_location(text: str) -> None:
    """Every key and item is found, and nothing else; the key of each is written at the places that the scanner reports."""
    try:
        tree, locate = toml.read(text)
    except SyntaxProblem:
        assume(False)
    whole, _ = scan(text)
    found = []
    rest: list[tuple[Path, Any]] = [((), whole)]
    while rest:
        path, part = rest.pop()
        rest += [((*path, step), below) for step, below in part.parts.items()]
        found += [path] if path else []
        if path and isinstance(path[-1], str):
            assert part.keys
            assert {path[-1]} == {KEYS[text[start:end]] for start, end in part.keys}
        line, column = locate(path)
        # A header, an array or an inline table; else a dotted key, or the value of an item.
        starts = KEYS if path and isinstance(path[-1], str) else [scalar.split("\n")[0] for scalar in SCALARS]
        assert not path or text.split("\n")[line - 1][column - 1 :].startswith(("[", "{", *starts))
    assert sorted(map(repr, paths(tree))) == sorted(map(repr, found))


@pytest.mark.parametrize(
    ("text", "path", "location"),
    [
        ("[a.b]\nc = 1", ("a",), (1, 1)),
        ("[a.b]\nc = 1", ("a", "b"), (1, 1)),
        ("  [a]\n  b.c = 1", ("a", "b", "c"), (2, 3)),
        ("a = { b = 1, c.d = [2, {e = 3}] }", ("a", "c", "d", 1, "e"), (1, 25)),
        ("a = { b = 1, c.d = [2, {e = 3}] }", ("a", "c"), (1, 14)),
        ("a = [\n  1,\n  2,\n]", ("a", 1), (3, 3)),
        ("[[a]]\n[[a]]\n[a.b]\n", ("a", 1, "b"), (3, 1)),
        ("a = 1", ("b", "c"), (1, 1)),
    ],
)
def test_locations(text: str, path: Path, location: tuple[int, int]) -> None:
    """A header has the location of its bracket, a dotted key of its first character, an item of its value."""
    assert location == toml.read(text)[1](path)


@given(st.text(st.sampled_from("[]{}=.,\"'\\#a1 \n\r"), max_size=200))
def test_any_string_is_searched_for_long_keys(text: str) -> None:
    """No string with few dots has a long key, and any string can be searched."""
    assert not has_long_key(text)
    assert has_long_key(f"\n{'a.' * 101}b\n{text}")


def test_dots_that_are_no_keys() -> None:
    """Dots in strings, comments and numbers do not count."""
    dots = "." * 200
    text = f"a = [{'1.5, ' * 200}]\nb = '{dots}'\nc = \"{dots}\\\"{dots}\"\nd = '''\n{dots}'{dots}'''\n# {dots}\n"
    text += f'e = """\n{dots}\n"{dots}\\"""{dots}"""\n{"k." * 99}k = 1\n'
    assert not has_long_key(text)
    assert toml.read(text)[0]["b"] == dots
