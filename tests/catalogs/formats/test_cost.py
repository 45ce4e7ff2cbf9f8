# SPDX-License-Identifier: Apache-2.0
"""Time and memory are linear in the length of a document, whatever is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from growth import MOST, growth, peak_memory

from llmproviders import ProviderError, loads
from llmproviders.catalogs.formats.locations import Path
from llmproviders.catalogs.formats.lookup import FORMATS, Format, format_module
from llmproviders.catalogs.formats.trees import SyntaxProblem

ENTRY = {
    "toml": '[providers.a]\nprovider = "openai-compat"\nendpoint = "https://h"\n',
    "yaml": "providers:\n  a:\n    provider: openai-compat\n    endpoint: https://h\n",
}
# The second element is a length for which the shape takes some milliseconds.
SHAPES: list[tuple[str, str, int, Callable[[int], str]]] = [
    ("toml", "a prompt of many lines", 20_000, lambda n: 'a = """\n' + "hello\n" * n + '"""\nb = 1\n'),
    ("toml", "an array on many lines", 2_000, lambda n: "a = [\n" + '"x",\n' * n + "]\n"),
    ("toml", "a key of many parts", 100_000, lambda n: "a." * n + "b = 1"),
    ("toml", "many brackets", 100_000, lambda n: "a = " + "[" * n),
    ("toml", "many quotes", 100_000, lambda n: "a = " + '"' * n),
    ("toml", "strings without ends", 20_000, lambda n: '"""\\"\n' * n),
    ("toml", "many headers", 1_000, lambda n: "".join(f"[a.k{i}]\nb = 1\n" for i in range(n))),
    ("toml", "unknown keys", 300, lambda n: ENTRY["toml"] + "".join(f"kxy{i} = 1\n" for i in range(n))),
    ("json", "unknown keys", 300, lambda n: '{"providers": {"a": {"provider": "triton"' + "".join(f', "kxy{i}": 1' for i in range(n)) + "}}}"),
    ("json", "repeated keys", 10_000, lambda n: "[" + ", ".join(['{"a": 1, "a": 2}'] * n) + "]"),
    ("json", "a late constant", 20_000, lambda n: "[" + "1, " * n + "NaN]"),
    ("yaml", "unknown keys", 200, lambda n: ENTRY["yaml"] + "".join(f"    kxy{i}: 1\n" for i in range(n))),
    ("yaml", "a sequence of sequences", 300, lambda n: "a: [" + "[x], " * n + "]"),
    ("yaml", "many aliases", 300, lambda n: "a: &a x\nb: [" + "*a, " * n + "]"),
    ("yaml", "mappings that merge", 200, lambda n: "a: &a {b: 1}\n" + "".join(f"k{i}: {{<<: *a}}\n" for i in range(n))),
    ("yaml", "a chain of mappings that merge", 30, lambda n: "k0: &k0 {b0: 1}\n" + "".join(f"k{i}: &k{i} {{<<: *k{i - 1}}}\n" for i in range(1, n))),
    ("yaml", "a long tag", 100_000, lambda n: "a: !" + "x" * n),
]  # fmt: skip


def load(text: str, format_: Any) -> None:
    """Load a document that may have problems, and locate a part of it."""
    try:
        _, locate = format_module(format_).read(text)
        locate(("a", 0))
        loads(text, format=format_)
    except ProviderError:
        pass


@pytest.mark.parametrize(("format_", "shape", "n", "document"), SHAPES, ids=[f"{each[0]}: {each[1]}" for each in SHAPES])
def test_time_of_reading(format_: Format, shape: str, n: int, document: Callable[[int], str]) -> None:
    """Twice as much of a shape takes about twice the time."""
    assert growth(document, lambda text: load(text, format_), n) <= MOST, shape


def entries(format_: Format, n: int) -> str:
    """A document with n entries."""
    tree = {"providers": {f"k{i}": {"provider": "triton", "endpoint": "e"} for i in range(n)}}
    return str(format_module(format_).write(tree))


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("path", "value"), [(("providers", "k0", "n"), 1), (("providers", "k0"), None), (("providers", "new"), {"a": 1})]
)
def test_time_of_edits(format_: Format, path: Path, value: Any) -> None:
    """An edit of a document of twice the length takes about twice the time."""
    n = 40 if format_ == "yaml" else 150
    edit = format_module(format_).edit
    assert growth(lambda size: entries(format_, size), lambda text: edit(text, {path: value}), n) <= MOST


@pytest.mark.parametrize("format_", FORMATS)
def test_time_of_renaming(format_: Format) -> None:
    """A key that is written many times is renamed in linear time."""
    n = 40 if format_ == "yaml" else 150
    rename = format_module(format_).rename
    assert growth(lambda size: entries(format_, size), lambda text: rename(text, ("providers",), "others"), n) <= MOST


def long_values(n: int) -> str:
    """A string of a third of n characters, and aliases of it."""
    body = "    extra_body:\n      s: &s " + "x" * (n // 3) + "\n      l: [" + "*s, " * (n // 8) + "]\n"
    return ENTRY["yaml"] + body


def within_limit(n: int) -> str:
    """Aliases that add nearly as much as is allowed."""
    times = max(1_000_000, 10 * n) // (1000 + 40) - 2
    body = "    extra_body:\n      s: &s " + "x" * 1000 + "\n      l: [" + "*s, " * times + "]\n"
    return ENTRY["yaml"] + body + "#" * n


def many_entries(n: int) -> str:
    """Entries that merge another one."""
    lines = "".join(f"  k{i}: {{<<: *a}}\n" for i in range(n // 17))
    return "providers:\n  a: &a {provider: openai-compat, endpoint: h}\n" + lines


@pytest.mark.parametrize(("document", "length"), [(long_values, 50_000), (within_limit, 50_000), (many_entries, 15_000)])
def test_memory_of_aliases(document: Callable[[int], str], length: int) -> None:
    """A document with aliases is loaded or refused with at most 180 bytes for each of its characters."""
    text = document(length)
    assert peak_memory(lambda: load(text, "yaml")) <= 180 * len(text)


def test_aliases_multiply() -> None:
    """Aliases that multiply the size of a document are refused, and those that share a value among entries are not."""
    with pytest.raises(SyntaxProblem, match="expected a document whose aliases do not multiply its size"):
        format_module("yaml").read(long_values(40_000))
    bomb = "\n".join(f"k{i}: &k{i} [{','.join([f'*k{i - 1}'] * 120) if i else 'x' * 40_000}]" for i in range(3))
    with pytest.raises(SyntaxProblem, match="expected a document whose aliases do not multiply its size"):
        format_module("yaml").read(bomb)
    shared = "providers:\n  a: &a {provider: triton, endpoint: e, model_name: &m " + "x" * 200 + "}\n"
    assert 101 == len(loads(shared + "".join(f"  k{i}: *a\n" for i in range(100)), format="yaml"))
    assert 101 == len(loads(shared + "".join(f"  k{i}: {{<<: *a, model_name: *m}}\n" for i in range(100)), format="yaml"))
