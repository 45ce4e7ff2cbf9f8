# SPDX-License-Identifier: Apache-2.0
"""The time and memory for catalogs are linear in their size, whatever their shape."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from growth import MOST, growth, peak_memory

from llmproviders import Catalog, DocumentError, GenericProvider, OpenAICompatProvider, check, dumps, explain, load, loads
from llmproviders.catalogs import resolution, sources
from llmproviders.catalogs.formats.lookup import format_module

OPTIONS: dict[str, Any] = {
    "endpoint": "https://api.deepseek.com/v1/chat/completions",
    "api_key": {"env": "DEEPSEEK_API_KEY"},
    "model": "deepseek-chat",
    "temperature": 0.7,
    "system_prompt": "Answer briefly.",
    "top_p": 0.9,
    "max_tokens": 512,
    "stop": ["END", "STOP"],
    "presence_penalty": 0.5,
    "n": 1,
    "seed": 42,
    "response_format": "json_object",
    "max_context_size": 8192,
    "retry_num": 3,
    "extra_header": {"X-Tenant": "shop"},
    "extra_body": {"top_k": 20},
    "extra_options": {f"x-option-{number}": number for number in range(9)},
}


def chain(names: Callable[[int], list[int]]) -> Callable[[int], dict[str, Any]]:
    """Entries that extend each other, in an order."""

    def entries(size: int) -> dict[str, Any]:
        return {f"p{n}": {"extends": f"p{n - 1}"} if n else {"preset": "deepseek", "seed": 1} for n in names(size)}

    return entries


def shuffled(size: int) -> list[int]:
    return random.Random(1).sample(range(size), size)


ENTRIES: dict[str, Callable[[int], dict[str, Any]]] = {
    "a chain, forward": chain(lambda size: list(range(size))),
    "a chain, backward": chain(lambda size: list(range(size))[::-1]),
    "a chain, shuffled": chain(shuffled),
    "a chain of lists": lambda size: {
        "p": {"preset": "deepseek"},
        "q": {"abstract": True, "n": 2},
        **{f"p{n}": {"extends": [f"p{n - 1}" if n else "p", "q"]} for n in range(size)},
    },
    "a list of all": lambda size: {
        **{f"p{n}": {"generic": "g", "extra_options": {f"x{n}": n}} for n in range(size)},
        "all": {"extends": [f"p{n}" for n in range(size)]},
    },
    "cycles of lists": lambda size: {f"p{n}": {"extends": [f"p{n + 1}", "p0"]} for n in range(size)},
    "a cycle": lambda size: {f"p{n}": {"extends": f"p{(n + 1) % size}"} for n in range(size)},
    "one missing base": lambda size: {f"p{n}": {"extends": "bse"} for n in range(size)},
    "many missing bases": lambda size: {f"name{n}": {"extends": f"nmae{n}"} for n in range(size)},
    "long missing bases": lambda size: {f"{n}{'a' * 60}": {"extends": f"{n}{'a' * 61}"} for n in range(size // 2)},
    "many options": lambda size: {f"p{n}": {"provider": "openai-compat", **OPTIONS} for n in range(size // 10)},
    "literal secrets": lambda size: {f"p{n}": {"preset": "deepseek", "api_key": "x"} for n in range(size)},
    "unknown options": lambda size: {"p": {"preset": "deepseek", **{f"temprature{n}": 1 for n in range(size // 2)}}},
    "problems of a runtime": lambda size: {
        "p": {"preset": "deepseek"},
        **{f"p{n}": {"extends": "p", "n": 2} for n in range(size)},
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(name: str, size: int) -> Path:
    path = Path(f"{size}.json")
    path.write_text(json.dumps({"providers": ENTRIES[name](size)}), encoding="utf-8")
    return path


def checked(path: Path) -> None:
    check(path, runtime="vvr-11.9")
    with suppress(DocumentError):
        explain(path)


@pytest.mark.parametrize("name", ENTRIES)
def test_time(name: str, folder: Path) -> None:
    """`check` and `explain` cost twice as much for twice as many entries."""
    assert growth(lambda size: written(name, size), checked, 150) <= MOST


@pytest.mark.parametrize("name", ENTRIES)
def test_memory(name: str, folder: Path) -> None:
    """`check` holds at most 80 times as many bytes as the file has."""
    path = written(name, 300)
    assert peak_memory(lambda: check(path)) <= 80 * path.stat().st_size


def in_environments(size: int) -> Path:
    """A file with environments, each of which amends all entries."""
    path = Path(f"env{size}.json")
    entries = {f"p{n}": {"preset": "deepseek"} for n in range(size)}
    amendments = {name: {"n": 2, "temprature": 3} for name in entries}
    tree = {"providers": entries, "env": {name: {"providers": amendments} for name in "abc"}}
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def test_environments(folder: Path) -> None:
    """The check of all environments is linear in the size of the file."""
    assert growth(in_environments, checked, 100) <= MOST


def amending(size: int) -> Path:
    """A chain of files, each of which amends an entry of the one that it includes."""
    for number in range(size):
        tree: dict[str, Any] = {"providers": {"p": {"extends": "p", "seed": number}}, "include": [f"a{number - 1}.json"]}
        tree = tree if number else {"providers": {"p": {"preset": "deepseek"}}}
        Path(f"a{number}.json").write_text(json.dumps(tree), encoding="utf-8")
    return Path(f"a{size - 1}.json")


def test_amendments(folder: Path) -> None:
    """An entry that is amended again and again costs linear time."""
    assert growth(amending, load, 60) <= MOST


@pytest.mark.parametrize("pattern", ["p{}.n", "*.extra_options.x{}", "x{}.n", "p0.{}" + ".a" * 20])
def test_overrides(folder: Path, pattern: str) -> None:
    """Overrides cost linear time, whether or not they are right."""

    def run(arguments: tuple[Path, dict[str, object]]) -> None:
        with suppress(DocumentError):
            load(arguments[0], overrides=arguments[1])

    def made(size: int) -> tuple[Path, dict[str, object]]:
        # The entries of a pattern are all, so that only one of the two grows.
        entries = 20 if "*" in pattern else size
        path = Path(f"o{size}.json")
        path.write_text(json.dumps({"providers": {f"p{n}": {"preset": "deepseek"} for n in range(entries)}}), encoding="utf-8")
        return path, {pattern.format(number): 1 for number in range(size)}

    assert growth(made, run, 200) <= MOST


def included(size: int) -> Path:
    """A file of new entries, whose names are similar to those of an included file."""
    for name, entry, more in (("shared", "service", {}), ("own", "servce", {"include": [f"shared{size}.json"]})):
        entries = {f"{entry}-{number}": {"generic": "g"} for number in range(size)}
        Path(f"{name}{size}.json").write_text(json.dumps({**more, "providers": entries}), encoding="utf-8")
    return Path(f"own{size}.json")


def test_new_names_beside_included_ones(folder: Path) -> None:
    """The search for misspelled names among included ones is linear, and finds all that differ by one character."""
    assert growth(included, check, 300) <= MOST
    found = check(included(300))
    assert [f"did you mean service-{number}?" for number in range(300)] == [each.problem.hint for each in found]


def test_hints_beyond_the_first_ones(folder: Path) -> None:
    """Many missing bases have a hint each."""
    found = check(written("many missing bases", 600))
    assert [f"did you mean name{number}?" for number in range(600)] == [each.problem.hint for each in found]


def includes(size: int, *, twice: bool = False) -> Path:
    """A chain of files, each of which includes the next one, from a new folder for each call."""
    folder = Path(f"chain{size}{twice}")
    folder.mkdir(exist_ok=True)
    for number in range(size):
        following = {"include": [f"../{folder}/{number + 1}.json"] * (1 + twice)} if number < size - 1 else {}
        entries = {f"p{number}": {"generic": "g"}}
        (folder / f"{number}.json").write_text(json.dumps({**following, "providers": entries}), encoding="utf-8")
    return folder / "0.json"


def test_a_chain_of_files(folder: Path) -> None:
    """More files than Python's limit of recursion may include each other in a chain; twice as many files cost twice as much."""
    assert [f"p{number}" for number in range(1_499, -1, -1)] == list(load(includes(1_500)))
    assert growth(includes, load, 100) <= MOST


def test_files_that_are_included_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is included several times is read once, at its first place: it does not override files between."""
    read: list[str] = []
    monkeypatch.setattr(sources, "read_start", lambda path, limit: read.append(path) or Path(path).read_bytes())  # type: ignore[func-returns-value]
    assert 30 == len(load(includes(30, twice=True)))
    assert 30 == len(read)
    for name, more in {"main": ["b", "c", "d"], "b": ["d"], "c": ["d"], "d": []}.items():
        entries = {name: {"generic": name}, "x": {"generic": name}}
        content = {"include": [f"{each}.json" for each in more], "providers": entries if name != "main" else {}, "default": "x"}
        Path(f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    catalog = load("main.json")
    assert ["d", "x", "b", "c"] == list(catalog)
    assert GenericProvider("c") == catalog["x"]


def test_cycles_are_short(folder: Path) -> None:
    """A long cycle of entries or files is named by its first names and the last one."""
    (problem,) = check(written("a cycle", 2_000))
    assert "got p0 -> p1 -> p2 -> ... 1996 more ... -> p1999 -> p0" in str(problem)
    first = includes(100)
    last = first.with_name("99.json")
    last.write_text('{"include": ["0.json"], "providers": {}}', encoding="utf-8")
    (problem,) = check(first)
    assert "got 0.json -> 1.json -> 2.json -> ... 96 more ... -> 99.json -> 0.json" in str(problem)


def test_entries_that_inherit_many_extra_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short file that would become a very large catalog is refused."""
    monkeypatch.setattr(resolution, "MAX_INHERITED", 300_000)
    many = {f"x{number}": number for number in range(20)}
    entries: dict[str, Any] = {"base": {"generic": "g", "extra_options": many}}
    entries |= {f"p{number}": {"extends": "base", "extra_options": {"y": number}} for number in range(151)}
    with pytest.raises(DocumentError) as caught:
        loads(json.dumps({"providers": entries}), format="json")
    (problem,) = caught.value.problems
    assert ("providers.p150.extends", "document-limit") == (problem.path, problem.problem.code)
    assert "entries that inherit options of at most 300000 characters together" == problem.problem.expected


def catalogs(size: int) -> Iterator[Catalog]:
    yield Catalog({f"p{n}": OpenAICompatProvider(model=f"m{n}") for n in range(size)})
    yield Catalog({f"p{n}": OpenAICompatProvider(model=f"n{n}", temperature=0.5) for n in range(size)})


METHODS: dict[str, Callable[[Catalog, Catalog], object]] = {
    "diff": lambda one, other: one.diff(other),
    "diff, apply": lambda one, other: one.diff(other).apply(one),
    "amend": lambda one, other: [one.amend("p1", temperature=number) for number in range(5)],
    "map": lambda one, other: one.map(lambda provider: provider.with_(temperature=1)),
    "select": lambda one, other: one.select("p*", "*1*2*", lambda provider: True),
    "or": lambda one, other: one | other,
    "get": lambda one, other: [one.get(f"q{n}") for n in range(20 * len(one))],
    "eq": lambda one, other: [one == Catalog(one), hash(one)],
    "dumps": lambda one, other: dumps(one, format="json", inherit=True),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_catalogs(name: str) -> None:
    """Methods of catalogs cost twice as much for twice as many providers."""
    assert growth(lambda size: tuple(catalogs(size)), lambda pair: METHODS[name](*pair), 400) <= MOST


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(lambda size: {f"k{n}": "v" for n in range(size)}, id="an entry"),
        pytest.param(lambda size: {"extra_options": {f"k{n}": "v" for n in range(size)}}, id="a table"),
        pytest.param(lambda size: {"stop": ["v"] * size}, id="an array"),
    ],
)
def test_writing_wide_toml(entry: Callable[[int], dict[str, Any]]) -> None:
    """Tables and arrays of any width are written in linear time."""
    write = format_module("toml").write
    assert growth(lambda size: {"providers": {"a": entry(size)}}, write, 1_000) <= MOST


OPTION_PROBLEMS: dict[str, Callable[[int], dict[str, Any]]] = {
    "unknown extra options": lambda size: {"extra_options": {f"k{n}": "v" for n in range(size)}},
    "a header with many dots": lambda size: {"extra_header": {"x" + ".k" * size * 10: {"env": "NOT_SET"}}},
}


@pytest.mark.parametrize("name", OPTION_PROBLEMS)
def test_located_problems(name: str, tmp_path: Path) -> None:
    """The problems of the options of one provider are located in linear time."""

    def written(size: int) -> Path:
        path = tmp_path / f"{size}.json"
        entry = {"provider": "openai-compat", **OPTIONS, **OPTION_PROBLEMS[name](size)}
        path.write_text(json.dumps({"providers": {"a": entry}}), encoding="utf-8")
        return path

    assert growth(written, lambda path: check(path, runtime="vvr-11.9", resolve_references=True), 1_000) <= MOST


def many_environments(size: int) -> Path:
    """A file with more environments than it may have."""
    path = Path(f"many{size}.json")
    path.write_text(json.dumps({"providers": {"p": {"preset": "deepseek"}}, "env": {f"e{n}": {} for n in range(size)}}), "utf-8")
    return path


def test_too_many_environments(folder: Path) -> None:
    """Environments beyond the most are one problem, and cost linear time."""
    assert growth(many_environments, check, 2_000) <= MOST


@pytest.mark.parametrize("base", [{}, {"preset": "deepseek"}])
def test_a_large_body_of_an_abstract_entry(base: dict[str, str]) -> None:
    """Entries that extend an abstract one share its body."""

    def text(size: int) -> str:
        body = {"abstract": True, "extra_body": {f"k{n}": n for n in range(size)}, **base}
        extends = ["body"] if base else ["chat", "body"]
        entries = {f"p{n}": {"extends": extends} for n in range(size)}
        return json.dumps({"providers": {"chat": {"preset": "deepseek"}, "body": body, **entries}})

    assert growth(text, lambda given: loads(given, format="json"), 200) <= MOST
